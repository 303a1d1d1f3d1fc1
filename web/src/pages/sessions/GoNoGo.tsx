import { useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import type { GoReason, Session } from "../../api/types";
import { moment } from "../../i18n/format";
import { word } from "../../i18n/word";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Choices, TextField } from "../../parts/Field";
import { Failure } from "../../parts/Page";
import { Notice } from "../../parts/Status";

const GO_REASONS = [
  "minimum_reached",
  "minimum_not_reached",
  "cost_covered",
  "more_bookings_expected",
  "provider_unavailable",
  "venue_unavailable",
  "other",
] as const satisfies readonly GoReason[];

/** What was decided, by whom and when it takes effect; or until when it is to be decided. */
export function DecisionNotice({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { decision, decide_at: due } = session;
  if (decision) {
    const go = decision.decision === "go";
    return (
      <Notice tone={go ? "done" : "stop"} title={t(go ? "go.is_go" : "go.is_no_go")}>
        <p>
          {t(decision.by === "person" ? "go.by_person" : "go.by_rule", { when: moment(decision.at) })}
          {decision.takes_effect_at && ` ${t("go.effect", { when: moment(decision.takes_effect_at) })}`}
        </p>
      </Notice>
    );
  }
  if (session.state !== "open" || !due) return null;
  return <Notice tone="info" title={t("go.due", { when: moment(due) })} />;
}

/** A person's decision whether the course takes place. */
export function Deciding({
  session,
  touches,
  close,
}: {
  session: Session;
  touches: string[][];
  close: () => void;
}) {
  const { t } = useTranslation();
  const enough = session.seats.confirmed >= session.minimum_seats;
  const [decision, setDecision] = useState<"go" | "no_go">(enough ? "go" : "no_go");
  const [reason, setReason] = useState<GoReason>(enough ? "minimum_reached" : "minimum_not_reached");
  const [note, setNote] = useState("");
  const command = useCommand({
    run: async (body: { decision: "go" | "no_go"; reason_code: GoReason; note: string }, key) =>
      got(
        await courses.POST("/api/courses/v1/sessions/{session_id}/decision", {
          params: { path: { session_id: session.id }, ...keyed(key) },
          body,
        }),
      ),
    touches,
    done: () => {
      say(t("go.done"));
      close();
    },
  });
  return (
    <Dialog title={t("go.title")} open onClose={close}>
      <p>{t("go.facts", { confirmed: session.seats.confirmed, minimum: session.minimum_seats })}</p>
      <Choices
        legend={t("go.question")}
        name="decision"
        options={(["go", "no_go"] as const).map((value) => ({ value, label: t(`go.${value}` as const) }))}
        value={decision}
        onChange={setDecision}
      />
      <Choices
        legend={t("session.reason")}
        name="why"
        options={GO_REASONS.map((value) => ({ value, label: word("go_reason", value) }))}
        value={reason}
        onChange={setReason}
      />
      <TextField label={t("go.note")} value={note} onChange={(event) => setNote(event.target.value)} />
      {command.error && <Failure error={command.error} />}
      <div className="row">
        <Button
          look={decision === "go" ? "primary" : "danger"}
          full
          pending={command.isPending}
          onPress={() => command.mutate({ decision, reason_code: reason, note })}
        >
          {t(decision === "go" ? "go.submit_go" : "go.submit_no_go")}
        </Button>
        <Button look="quiet" full onPress={close}>
          {t("common.back")}
        </Button>
      </div>
    </Dialog>
  );
}
