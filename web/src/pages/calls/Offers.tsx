import { useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import type { Call } from "../../api/types";
import { moment, money, number } from "../../i18n/format";
import { word } from "../../i18n/word";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Choices, TextField } from "../../parts/Field";
import { Empty, Failure } from "../../parts/Page";

type Offer = Call["offers"][number];
/** Criteria that the service computes by itself; people judge the others. */
const COMPUTED = new Set(["price", "azav"]);

/** Opened offers side by side, with what people judge and what is computed. */
export function Offers({ call, company }: { call: Call; company: (id: string) => string }) {
  const { t } = useTranslation();
  const [judging, setJudging] = useState<Offer | null>(null);
  const [awarding, setAwarding] = useState<Offer | null>(null);
  const open = call.state === "opened";
  return (
    <section className="card flush" aria-labelledby="offers">
      <h2 id="offers" className="card-head">
        {t("calls.offers")}
      </h2>
      {call.offers.length === 0 ? (
        <Empty title={t("calls.no_offers")}>{t("calls.no_offers_why")}</Empty>
      ) : (
        <ul className="list" role="list">
          {call.offers.map((offer) => (
            <li key={offer.offer_id}>
              <div className="row spread">
                <div className="grow">
                  <bdi className="strong">{company(offer.provider_id)}</bdi>
                  <div className="small muted">
                    {t("calls.submitted", { when: moment(offer.submitted_at) })}
                    {offer.score !== null && ` · ${t("calls.score", { score: number(offer.score) })}`}
                  </div>
                </div>
                <span className="strong">{offer.total_cents === null ? "–" : money(offer.total_cents)}</span>
                {open && (
                  <div className="row tight">
                    <Button onPress={() => setJudging(offer)}>
                      {t("calls.judge")}
                      <span className="visually-hidden">: {company(offer.provider_id)}</span>
                    </Button>
                    <Button look="primary" onPress={() => setAwarding(offer)}>
                      {t("calls.award")}
                      <span className="visually-hidden">: {company(offer.provider_id)}</span>
                    </Button>
                  </div>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      {judging && <Judging call={call} offer={judging} close={() => setJudging(null)} />}
      {awarding && (
        <Awarding
          call={call}
          offer={awarding}
          name={company(awarding.provider_id)}
          close={() => setAwarding(null)}
        />
      )}
    </section>
  );
}

function Judging({ call, offer, close }: { call: Call; offer: Offer; close: () => void }) {
  const { t } = useTranslation();
  const judged = call.criteria.filter((one) => !COMPUTED.has(one.kind));
  const before = offer.points as Record<string, number>;
  const [points, setPoints] = useState<Record<string, number>>(
    Object.fromEntries(judged.map((one) => [one.key, before[one.key] ?? 50])),
  );
  const command = useCommand({
    run: async (given: Record<string, number>, key) =>
      got(
        await courses.POST("/api/courses/v1/calls/{call_id}/offers/{offer_id}/score", {
          params: { path: { call_id: call.id, offer_id: offer.offer_id }, ...keyed(key) },
          body: { points: given },
        }),
      ),
    touches: [["call", call.id]],
    done: close,
  });
  return (
    <Dialog title={t("calls.judge_title")} open onClose={close}>
      {judged.map((one) => (
        <TextField
          key={one.key}
          label={`${word("criterion", one.kind)} (${one.weight} %)`}
          hint={t("calls.points_hint")}
          type="number"
          min={0}
          max={100}
          value={Number.isNaN(points[one.key]) ? "" : points[one.key]}
          onChange={(event) => setPoints({ ...points, [one.key]: event.target.valueAsNumber })}
        />
      ))}
      {command.error && <Failure error={command.error} />}
      <div>
        <Button look="primary" full pending={command.isPending} onPress={() => command.mutate(points)}>
          {t("calls.judge")}
        </Button>
      </div>
    </Dialog>
  );
}

const REASONS = ["best_score", "equal_score", "only_offer", "best_rejected"] as const;

function Awarding({
  call,
  offer,
  name,
  close,
}: {
  call: Call;
  offer: Offer;
  name: string;
  close: () => void;
}) {
  const { t } = useTranslation();
  const [code, setCode] = useState<(typeof REASONS)[number]>(
    call.offers.length === 1 ? "only_offer" : "best_score",
  );
  const [reason, setReason] = useState("");
  const command = useCommand({
    run: async (body: { offer_id: string; reason_code: (typeof REASONS)[number]; reason: string }, key) =>
      got(
        await courses.POST("/api/courses/v1/calls/{call_id}/award", {
          params: { path: { call_id: call.id }, ...keyed(key) },
          body,
        }),
      ),
    touches: [
      ["call", call.id],
      ["calls", call.network_id],
      ["pools", call.network_id],
    ],
    done: () => {
      say(t("calls.awarded_to", { name }));
      close();
    },
  });
  return (
    <Dialog title={t("calls.award_title", { name })} open onClose={close}>
      <p>{t("calls.award_why")}</p>
      <Choices
        legend={t("session.reason")}
        name="award"
        options={REASONS.map((value) => ({ value, label: word("award", value) }))}
        value={code}
        onChange={setCode}
      />
      <TextField
        label={t("calls.reason")}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {command.error && <Failure error={command.error} />}
      <div>
        <Button
          look="primary"
          full
          isDisabled={!reason.trim()}
          pending={command.isPending}
          onPress={() => command.mutate({ offer_id: offer.offer_id, reason_code: code, reason })}
        >
          {t("calls.award")}
        </Button>
      </div>
    </Dialog>
  );
}
