import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { bookings, people, session } from "../../api/queries";
import { useIds } from "../../app/ids";
import { Loaded, Page } from "../../parts/Page";
import { Seats } from "../../parts/Seats";
import { Notice } from "../../parts/Status";
import { State, useTopics } from "../../parts/terms";
import { SessionFacts } from "../sessions/SessionFacts";
import { AddPerson } from "./AddPerson";
import { BookingRow } from "./BookingRow";
import { BookPeople } from "./BookPeople";
import { SeatOffers } from "./SeatOffers";

/** One course, seen by a company: book our people, see who waits where and why. */
export function BookPage() {
  const { t } = useTranslation();
  const { session: id, organisation } = useIds();
  const topics = useTopics();
  const asked = useQuery(session(id));
  const taken = useQuery(bookings(id));
  const staff = useQuery(people(organisation));
  return (
    <Page
      title={asked.data ? topics.title(asked.data.topic_code) : t("nav.find_courses")}
      lead={asked.data && <State kind="session" of={asked.data.state} />}
    >
      <Loaded of={asked}>
        {(shown) => {
          const own = taken.data?.filter((booking) => booking.organisation_id === organisation) ?? [];
          const inside = new Set(
            own.filter((one) => one.status !== "cancelled").map((booking) => booking.participant_id),
          );
          const bookable = shown.state === "open" || shown.state === "confirmed";
          return (
            <div className="split">
              <div className="stack">
                <section className="card" aria-label={t("session.seats")}>
                  <Seats session={shown} />
                </section>
                <SeatOffers
                  session={id}
                  organisation={organisation}
                  staff={staff.data ?? []}
                  names={new Map(own.map((one) => [one.id, one.participant_id]))}
                />
                {own.length > 0 && (
                  <section className="card flush" aria-labelledby="own">
                    <h2 id="own" className="card-head">
                      {t("book.own")}
                    </h2>
                    <ul className="list" role="list">
                      {own.map((booking) => (
                        <BookingRow
                          key={booking.id}
                          booking={booking}
                          session={shown}
                          staff={staff.data ?? []}
                        />
                      ))}
                    </ul>
                  </section>
                )}
                {bookable ? (
                  <Loaded of={staff}>
                    {(list) => (
                      <BookPeople
                        session={shown}
                        organisation={organisation}
                        people={list.filter((one) => !inside.has(one.id) && one.status !== "deactivated")}
                      />
                    )}
                  </Loaded>
                ) : (
                  <Notice tone="past" title={t("book.closed")} />
                )}
                {bookable && (
                  <details className="card">
                    <summary className="strong">{t("book.somebody_else")}</summary>
                    <AddPerson organisation={organisation} />
                  </details>
                )}
              </div>
              <SessionFacts session={shown} />
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
