import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { people } from "../../api/queries";
import { useIds } from "../../app/ids";
import { LinkButton } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";
import { useTopics } from "../../parts/terms";
import { BookingRow } from "./BookingRow";
import { useMyBookings } from "./mine";

/** Who of us sits where, who waits at which place and why. */
export function BookingsPage() {
  const { t } = useTranslation();
  const { network, organisation } = useIds();
  const topics = useTopics();
  const staff = useQuery(people(organisation));
  const mine = useMyBookings(network, organisation);
  const courses = (
    <LinkButton to={`/o/${organisation}/${network}/courses`} look="primary" full>
      {t("nav.find_courses")}
    </LinkButton>
  );
  return (
    <Page title={t("nav.bookings")} lead={t("booking.lead")} action={courses}>
      <Loaded of={mine}>
        {(list) =>
          list.length === 0 ? (
            <div className="card">
              <Empty title={t("booking.none")}>{t("booking.none_why")}</Empty>
            </div>
          ) : (
            [...new Map(list.map((one) => [one.session.id, one.session])).values()].map((session) => (
              <section key={session.id} className="card flush" aria-label={topics.title(session.topic_code)}>
                <h2 className="card-head">{topics.title(session.topic_code)}</h2>
                <ul className="list" role="list">
                  {list
                    .filter((one) => one.session.id === session.id)
                    .map(({ booking }) => (
                      <BookingRow
                        key={booking.id}
                        booking={booking}
                        session={session}
                        staff={staff.data ?? []}
                      />
                    ))}
                </ul>
              </section>
            ))
          )
        }
      </Loaded>
    </Page>
  );
}
