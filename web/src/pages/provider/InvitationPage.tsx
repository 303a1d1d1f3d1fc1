import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invitation } from "../../api/callQueries";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import type { Invitation } from "../../api/types";
import { useIds } from "../../app/ids";
import { moment } from "../../i18n/format";
import { word } from "../../i18n/word";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Failure, Loaded, Page } from "../../parts/Page";
import { Notice } from "../../parts/Status";
import { State, useTopics } from "../../parts/terms";
import { SpecificationFacts } from "../calls/SpecificationFacts";
import { OfferForm } from "./OfferForm";

/** One call, seen by an invited provider: read, ask, offer; sealed until the due time. */
export function InvitationPage() {
  const { t } = useTranslation();
  const { organisation } = useIds();
  const { call: id = "" } = useParams({ strict: false }) as { call?: string };
  const topics = useTopics();
  const asked = useQuery(invitation(id, organisation));
  return (
    <Page
      title={asked.data ? topics.title(asked.data.specification.topic_code) : t("nav.invitations")}
      lead={
        asked.data && (
          <span className="row tight">
            <State kind="call" of={asked.data.state} />
            {t("calls.due_at", { when: moment(asked.data.due_at) })}
          </span>
        )
      }
    >
      <Loaded of={asked}>{(found) => <Content invitation={found} />}</Loaded>
    </Page>
  );
}

function Content({ invitation: shown }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const open = shown.state === "open" && Date.parse(shown.due_at) > Date.now();
  return (
    <div className="split">
      <div className="stack">
        {shown.outcome && (
          <Notice
            tone={shown.outcome === "awarded" ? "done" : "past"}
            title={word("outcome", shown.outcome)}
            role="status"
          />
        )}
        {shown.receipt && (
          <Notice
            tone="done"
            title={t("offer.receipt", { when: moment(shown.receipt.submitted_at) })}
            role="status"
          >
            <p className="small wrap">{t("offer.digest", { digest: shown.receipt.digest })}</p>
            {open && <p>{t("offer.replace")}</p>}
          </Notice>
        )}
        {open ? (
          <OfferForm invitation={shown} />
        ) : (
          !shown.outcome && <Notice tone="past" title={t("offer.over", { when: moment(shown.due_at) })} />
        )}
        <Questions invitation={shown} open={open} />
      </div>
      <SpecificationFacts specification={shown.specification} criteria={shown.criteria} />
    </div>
  );
}

function Questions({ invitation: shown, open }: { invitation: Invitation; open: boolean }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const command = useCommand({
    run: async (question: string, key) =>
      got(
        await courses.POST("/api/courses/v1/invitations/{call_id}/questions", {
          params: { path: { call_id: shown.call_id }, ...keyed(key) },
          body: { provider_id: shown.provider_id, text: question },
        }),
      ),
    touches: [["invitation", shown.call_id, shown.provider_id]],
    done: () => {
      setText("");
      say(t("offer.asked"));
    },
  });
  if (!open && shown.questions.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="questions">
      <h2 id="questions">{t("calls.questions")}</h2>
      <ul className="stack" role="list">
        {shown.questions.map((one) => (
          <li key={one.number}>
            <strong className="wrap">{one.text}</strong>
            <p className="wrap muted">{one.answer ?? t("offer.unanswered")}</p>
          </li>
        ))}
      </ul>
      {open && (
        <div className="field">
          <label htmlFor="question">{t("offer.ask")}</label>
          <span className="hint">{t("offer.ask_hint")}</span>
          <textarea id="question" rows={3} value={text} onChange={(event) => setText(event.target.value)} />
          {command.error && <Failure error={command.error} />}
          <div>
            <Button
              isDisabled={!text.trim()}
              pending={command.isPending}
              onPress={() => command.mutate(text)}
            >
              {t("offer.ask")}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}
