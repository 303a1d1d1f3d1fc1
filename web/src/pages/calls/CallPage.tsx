import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/callQueries";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import type { Call } from "../../api/types";
import { moment } from "../../i18n/format";
import { word } from "../../i18n/word";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Choices } from "../../parts/Field";
import { Failure, Loaded, Page } from "../../parts/Page";
import { Notice } from "../../parts/Status";
import { State, useCompanyNames, useTopics } from "../../parts/terms";
import { Offers } from "./Offers";
import { SpecificationFacts } from "./SpecificationFacts";

/** One call: ask, wait for the due time, open, judge, award. Until the due time nobody sees a price. */
export function CallPage() {
  const { t } = useTranslation();
  const { call: id = "" } = useParams({ strict: false }) as { call?: string };
  const topics = useTopics();
  const asked = useQuery(call(id));
  return (
    <Page
      title={asked.data ? topics.title(asked.data.specification.topic_code) : t("nav.calls")}
      lead={
        asked.data && (
          <span className="row tight">
            <State kind="call" of={asked.data.state} />
            {t("calls.due_at", { when: moment(asked.data.due_at) })}
          </span>
        )
      }
      action={asked.data && <Actions call={asked.data} />}
    >
      <Loaded of={asked}>{(found) => <Content call={found} />}</Loaded>
    </Page>
  );
}

function Content({ call: shown }: { call: Call }) {
  const { t } = useTranslation();
  const company = useCompanyNames(shown.network_id);
  return (
    <div className="split">
      <div className="stack">
        {shown.state === "open" && (
          <Notice tone="waiting" title={t("calls.sealed")}>
            <p>{t("calls.sealed_why", { when: moment(shown.due_at) })}</p>
          </Notice>
        )}
        {shown.award && (
          <Notice tone="done" title={t("calls.awarded_to", { name: company(shown.award.provider_id) })}>
            <p className="wrap">{shown.award.reason}</p>
          </Notice>
        )}
        {shown.end_reason && (
          <Notice tone="past" title={t("calls.ended", { why: word("call_end", shown.end_reason) })} />
        )}
        {!shown.offers_sealed && <Offers call={shown} company={company} />}
        <section className="card stack" aria-labelledby="invited">
          <h2 id="invited">{t("calls.invited")}</h2>
          <ul className="stack tight" role="list">
            {shown.providers.map((id) => (
              <li key={id}>
                <bdi>{company(id) || "–"}</bdi>
              </li>
            ))}
          </ul>
        </section>
        {shown.questions.length > 0 && (
          <section className="card stack" aria-labelledby="questions">
            <h2 id="questions">{t("calls.questions")}</h2>
            <ul className="stack" role="list">
              {shown.questions.map((one) => (
                <Question key={one.number} call={shown} question={one} />
              ))}
            </ul>
          </section>
        )}
      </div>
      <SpecificationFacts specification={shown.specification} criteria={shown.criteria} />
    </div>
  );
}

function Question({ call: shown, question }: { call: Call; question: Call["questions"][number] }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const command = useCommand({
    run: async (answer: string, key) =>
      got(
        await courses.POST("/api/courses/v1/calls/{call_id}/questions/{question}/answer", {
          params: { path: { call_id: shown.id, question: question.number }, ...keyed(key) },
          body: { text: answer },
        }),
      ),
    touches: [["call", shown.id]],
  });
  return (
    <li className="stack tight">
      <strong className="wrap">{question.text}</strong>
      {question.answer ? (
        <p className="wrap">{question.answer}</p>
      ) : (
        <div className="field">
          <label htmlFor={`answer-${question.number}`}>{t("calls.answer")}</label>
          <textarea
            id={`answer-${question.number}`}
            rows={3}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          {command.error && <Failure error={command.error} />}
          <div>
            <Button
              isDisabled={!text.trim()}
              pending={command.isPending}
              onPress={() => command.mutate(text)}
            >
              {t("calls.answer_all")}
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}

function Actions({ call: shown }: { call: Call }) {
  const { t } = useTranslation();
  const [ending, setEnding] = useState(false);
  const params = { path: { call_id: shown.id } };
  const touches = [
    ["call", shown.id],
    ["calls", shown.network_id],
    ["pools", shown.network_id],
  ];
  const request = useCommand({
    run: async (_: string, key) =>
      got(
        await courses.POST("/api/courses/v1/calls/{call_id}/request", {
          params: { ...params, ...keyed(key) },
        }),
      ),
    touches,
    done: () => say(t("calls.requested")),
  });
  const open = useCommand({
    run: async (_: string, key) =>
      got(
        await courses.POST("/api/courses/v1/calls/{call_id}/open", { params: { ...params, ...keyed(key) } }),
      ),
    touches,
    done: () => say(t("calls.opened")),
  });
  const due = Date.parse(shown.due_at) <= Date.now();
  const error = request.error ?? open.error;
  return (
    <>
      {shown.state === "draft" && (
        <Button look="primary" full pending={request.isPending} onPress={() => request.mutate(shown.id)}>
          {t("calls.request")}
        </Button>
      )}
      {(shown.state === "closed" || (shown.state === "open" && due)) && (
        <Button look="primary" full pending={open.isPending} onPress={() => open.mutate(shown.id)}>
          {t("calls.open")}
        </Button>
      )}
      {!["awarded", "cancelled"].includes(shown.state) && (
        <Button look="danger" full onPress={() => setEnding(true)}>
          {t("calls.end")}
        </Button>
      )}
      {error && <Failure error={error} />}
      {ending && <Ending call={shown} touches={touches} close={() => setEnding(false)} />}
    </>
  );
}

const ENDS = ["no_offers", "no_suitable_offer", "need_gone", "mistake"] as const;

function Ending({ call: shown, touches, close }: { call: Call; touches: string[][]; close: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<(typeof ENDS)[number]>("no_offers");
  const command = useCommand({
    run: async (reason_code: (typeof ENDS)[number], key) =>
      got(
        await courses.POST("/api/courses/v1/calls/{call_id}/cancel", {
          params: { path: { call_id: shown.id }, ...keyed(key) },
          body: { reason_code },
        }),
      ),
    touches,
    done: close,
  });
  return (
    <Dialog title={t("calls.end")} open onClose={close}>
      <Choices
        legend={t("session.reason")}
        name="end"
        options={ENDS.map((value) => ({ value, label: word("call_end", value) }))}
        value={reason}
        onChange={setReason}
      />
      {command.error && <Failure error={command.error} />}
      <div className="row">
        <Button look="danger" full pending={command.isPending} onPress={() => command.mutate(reason)}>
          {t("calls.end")}
        </Button>
        <Button look="quiet" full onPress={close}>
          {t("common.back")}
        </Button>
      </div>
    </Dialog>
  );
}
