import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessions } from "../../api/queries";
import { useIds } from "../../app/ids";
import { dates, money } from "../../i18n/format";
import { LinkButton } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";
import { Seats } from "../../parts/Seats";
import { district, State, useTopics } from "../../parts/terms";

/** Which courses can we book? */
export function CoursesPage() {
  const { t } = useTranslation();
  const { network, organisation } = useIds();
  const topics = useTopics();
  const at = `/o/${organisation}/${network}`;
  return (
    <Page title={t("nav.find_courses")} lead={t("courses.lead")}>
      <Loaded of={useQuery({ ...sessions(network), refetchInterval: 15_000 })}>
        {(list) => {
          const shown = list.filter((session) => ["open", "confirmed"].includes(session.state));
          if (shown.length === 0) {
            return (
              <div className="card">
                <Empty
                  title={t("courses.none")}
                  action={<LinkButton to={`${at}/post-need`}>{t("nav.post_need")}</LinkButton>}
                >
                  {t("courses.none_why")}
                </Empty>
              </div>
            );
          }
          return (
            <ul className="grid" role="list">
              {shown.map((session) => (
                <li key={session.id} className="card stack tight">
                  <div className="row spread">
                    <State kind="session" of={session.state} />
                    <span className="strong nowrap">{money(session.price_cents)}</span>
                  </div>
                  <h2>{topics.title(session.topic_code)}</h2>
                  <p className="muted">
                    {dates(session.days)}
                    {session.venue_ags && ` · ${district(session.venue_ags)}`}
                  </p>
                  <Seats session={session} />
                  <LinkButton to={`${at}/courses/${session.id}`} look="primary" full>
                    {session.seats.free > 0 ? t("courses.book") : t("courses.wait")}
                    <span className="visually-hidden">: {topics.title(session.topic_code)}</span>
                  </LinkButton>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Page>
  );
}
