import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed } from "../../api/commands";
import { Offline, Problem } from "../../api/problem";
import type { Booking, Person, Session } from "../../api/types";
import { money } from "../../i18n/format";
import { useDraft } from "../../offline/drafts";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Page";
import { Notice } from "../../parts/Status";

interface Outcome {
  person: Person;
  booking?: Booking;
  error?: Error;
}

/** Picks people and books a seat for each; shows the service's answer per person, not a guess. */
export function BookPeople({
  session,
  organisation,
  people,
}: {
  session: Session;
  organisation: string;
  people: Person[];
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [draft, setDraft, discard] = useDraft(`book/${session.id}/${organisation}`, { ids: [] as string[] });
  const [outcomes, setOutcomes] = useState<Outcome[]>([]);
  const [busy, setBusy] = useState(false);
  // One key per person and form: a double click or a repeat after a lost answer books once.
  const keys = useRef(new Map<string, string>());
  const chosen = people.filter((person) => draft.ids.includes(person.id));
  const toggle = (id: string) =>
    setDraft({ ids: draft.ids.includes(id) ? draft.ids.filter((one) => one !== id) : [...draft.ids, id] });

  const book = async () => {
    setBusy(true);
    const found: Outcome[] = [];
    for (const person of chosen) {
      const key = keys.current.get(person.id) ?? crypto.randomUUID();
      keys.current.set(person.id, key);
      try {
        const booking = got(
          await courses.POST("/api/courses/v1/sessions/{session_id}/bookings", {
            params: { path: { session_id: session.id }, ...keyed(key) },
            body: { organisation_id: organisation, participant_id: person.id },
          }),
        );
        keys.current.delete(person.id);
        found.push({ person, booking });
      } catch (error) {
        if (!(error instanceof Offline)) keys.current.delete(person.id);
        found.push({ person, error: error as Error });
      }
      setOutcomes([...found]);
    }
    discard();
    setDraft({ ids: found.filter((one) => one.error).map((one) => one.person.id) });
    setBusy(false);
    say(t("book.done", { count: found.filter((one) => one.booking).length }));
    for (const key of [["bookings", session.id], ["session", session.id], ["sessions"]]) {
      void client.invalidateQueries({ queryKey: key });
    }
  };

  const total = chosen.length * session.price_cents;
  const waiting = Math.max(0, chosen.length - session.seats.free);
  return (
    <section className="card stack" aria-labelledby="book">
      <h2 id="book">{t("book.title")}</h2>
      {outcomes.map((one) => (
        <Answer key={one.person.id} outcome={one} />
      ))}
      {people.length === 0 ? (
        <Empty title={t("book.nobody")}>{t("book.nobody_why")}</Empty>
      ) : (
        <fieldset>
          <legend>{t("book.who")}</legend>
          <div className="choices">
            {people.map((person) => (
              <label key={person.id} className="choice">
                <input
                  type="checkbox"
                  checked={draft.ids.includes(person.id)}
                  disabled={busy}
                  onChange={() => toggle(person.id)}
                />
                <bdi className="wrap">{person.name}</bdi>
              </label>
            ))}
          </div>
        </fieldset>
      )}
      {chosen.length > 0 && (
        <div className="sticky-foot row spread">
          <div>
            <span className="strong">{t("book.total", { amount: money(total) })}</span>
            {waiting > 0 && <div className="small">{t("book.waitlist", { count: waiting })}</div>}
          </div>
          <Button look="primary" full pending={busy} onPress={() => void book()}>
            {waiting === chosen.length
              ? t("book.submit_wait", { count: chosen.length })
              : t("book.submit", { count: chosen.length })}
          </Button>
        </div>
      )}
    </section>
  );
}

function Answer({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  const { person, booking, error } = outcome;
  if (booking) {
    const done = booking.status === "confirmed";
    return (
      <Notice tone={done ? "done" : "waiting"} title={<bdi>{person.name}</bdi>} role="status">
        <p>{booking.reason}</p>
      </Notice>
    );
  }
  const text = error instanceof Problem && error.status < 500 ? error.message : t("error.offline");
  return (
    <Notice tone="stop" title={<bdi>{person.name}</bdi>} role="alert">
      <p>{text}</p>
    </Notice>
  );
}
