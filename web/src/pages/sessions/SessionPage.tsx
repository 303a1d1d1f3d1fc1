import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { bookings, session } from "../../api/queries";
import type { Session } from "../../api/types";
import { useIds } from "../../app/ids";
import { word } from "../../i18n/word";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Choices } from "../../parts/Field";
import { Failure, Loaded, Page } from "../../parts/Page";
import { Seats } from "../../parts/Seats";
import { Notice } from "../../parts/Status";
import { State, useCompanyNames, useTopics } from "../../parts/terms";
import { BookingTable } from "./BookingTable";
import { Deciding, DecisionNotice } from "./GoNoGo";
import { SessionFacts } from "./SessionFacts";

/** Will it run, who is in? The primary action is that of the state. */
export function SessionPage() {
  const { t } = useTranslation();
  const { session: id } = useIds();
  const topics = useTopics();
  const asked = useQuery(session(id));
  const title = asked.data ? topics.title(asked.data.topic_code) : t("nav.sessions");
  return (
    <Page
      title={title}
      lead={asked.data && <State kind="session" of={asked.data.state} />}
      action={asked.data && <Actions session={asked.data} />}
    >
      <Loaded of={asked}>{(found) => <Content session={found} />}</Loaded>
    </Page>
  );
}

function Content({ session: shown }: { session: Session }) {
  const { t } = useTranslation();
  const company = useCompanyNames(shown.network_id);
  const missing = shown.minimum_seats - shown.seats.confirmed;
  return (
    <div className="split">
      <div className="stack">
        <DecisionNotice session={shown} />
        {shown.state === "open" && missing > 0 && (
          <Notice tone="waiting" title={t("session.below", { count: missing })}>
            <p>
              {t("session.below_why", { minimum: shown.minimum_seats, confirmed: shown.seats.confirmed })}
            </p>
          </Notice>
        )}
        <section className="card stack tight" aria-label={t("session.seats")}>
          <Seats session={shown} />
        </section>
        <section className="card flush" aria-labelledby="bookings">
          <h2 id="bookings" className="card-head">
            {t("session.bookings")}
          </h2>
          <Loaded of={useQuery(bookings(shown.id))}>
            {(list) => <BookingTable bookings={list} company={company} />}
          </Loaded>
        </section>
      </div>
      <SessionFacts session={shown} />
    </div>
  );
}

function Actions({ session: shown }: { session: Session }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<"cancel" | "decide" | null>(null);
  const path = { session_id: shown.id };
  const touches = [
    ["session", shown.id],
    ["sessions", shown.network_id],
  ];
  const open = useCommand({
    run: async (_: string, key) =>
      got(
        await courses.POST("/api/courses/v1/sessions/{session_id}/open", { params: { path, ...keyed(key) } }),
      ),
    touches,
    done: () => say(t("session.opened")),
  });
  const over = ["cancelled", "completed", "settled", "running"].includes(shown.state);
  if (over) return null;
  return (
    <>
      {shown.state === "draft" && (
        <Button look="primary" full pending={open.isPending} onPress={() => open.mutate(shown.id)}>
          {t("session.open")}
        </Button>
      )}
      {shown.state === "open" && (
        <Button look="primary" full onPress={() => setAsking("decide")}>
          {t("go.decide")}
        </Button>
      )}
      <Button look="danger" full onPress={() => setAsking("cancel")}>
        {t("session.cancel")}
      </Button>
      {open.error && <Failure error={open.error} />}
      {asking === "cancel" && <Cancelling session={shown} touches={touches} close={() => setAsking(null)} />}
      {asking === "decide" && <Deciding session={shown} touches={touches} close={() => setAsking(null)} />}
    </>
  );
}

const REASONS = ["minimum_not_reached", "provider_unavailable", "venue_unavailable", "other"] as const;

function Cancelling({
  session: shown,
  touches,
  close,
}: {
  session: Session;
  touches: string[][];
  close: () => void;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<(typeof REASONS)[number]>("minimum_not_reached");
  const command = useCommand({
    run: async (reason_code: (typeof REASONS)[number], key) =>
      got(
        await courses.POST("/api/courses/v1/sessions/{session_id}/cancel", {
          params: { path: { session_id: shown.id }, ...keyed(key) },
          body: { reason_code },
        }),
      ),
    touches,
    done: () => {
      say(t("session.cancelled"));
      close();
    },
  });
  return (
    <Dialog title={t("session.cancel_title")} open onClose={close}>
      <p>{t("session.cancel_why", { count: shown.seats.confirmed + shown.seats.waitlisted })}</p>
      <Choices
        legend={t("session.reason")}
        name="reason"
        options={REASONS.map((value) => ({ value, label: word("reason", value) }))}
        value={reason}
        onChange={setReason}
      />
      {command.error && <Failure error={command.error} />}
      <div className="row">
        <Button look="danger" full pending={command.isPending} onPress={() => command.mutate(reason)}>
          {t("session.cancel")}
        </Button>
        <Button look="quiet" full onPress={close}>
          {t("common.back")}
        </Button>
      </div>
    </Dialog>
  );
}
