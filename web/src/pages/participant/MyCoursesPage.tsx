import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { inbox, session } from "../../api/queries";
import { day, hours } from "../../i18n/format";
import { LinkButton } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";
import { district, State, useTopics } from "../../parts/terms";
import { type Course, coursesOf } from "./mine";

/** Where am I to be, and when? Large, for a phone in a workshop. */
export function MyCoursesPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("nav.my_courses")} lead={t("mine.lead")}>
      <Loaded of={useQuery(inbox())}>
        {(entries) => {
          const list = coursesOf(entries);
          if (list.length === 0) {
            return (
              <div className="card">
                <Empty title={t("mine.none")}>{t("mine.none_why")}</Empty>
              </div>
            );
          }
          return list.map((course) => <CourseCard key={course.session} course={course} />);
        }}
      </Loaded>
    </Page>
  );
}

function CourseCard({ course }: { course: Course }) {
  const { t } = useTranslation();
  const topics = useTopics();
  const asked = useQuery(session(course.session));
  return (
    <section className="card stack">
      <Loaded of={asked} rows={2}>
        {(shown) => {
          const first = shown.days[0];
          const off = shown.state === "cancelled" || course.status === "cancelled";
          return (
            <>
              <div className="row spread">
                <h2 className="grow">{topics.title(shown.topic_code)}</h2>
                {shown.state === "cancelled" ? (
                  <State kind="session" of="cancelled" />
                ) : (
                  <State kind="booking" of={course.status} />
                )}
              </div>
              {first && (
                <p className={off ? "phone-display struck muted" : "phone-display"}>
                  {day(first.starts_at)}, {hours(first)}
                </p>
              )}
              <dl className="facts">
                <dt>{t("session.where")}</dt>
                <dd>{district(shown.venue_ags)}</dd>
                <dt>{t("session.days")}</dt>
                <dd>
                  <ul className="stack tight" role="list">
                    {shown.days.map((block) => (
                      <li key={block.starts_at}>
                        {day(block.starts_at)}, {hours(block)}
                      </li>
                    ))}
                  </ul>
                </dd>
              </dl>
              <p className="muted">{course.latest.text}</p>
              <div className="row">
                <LinkButton to="/inbox" full>
                  {t("mine.messages")}
                </LinkButton>
              </div>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
