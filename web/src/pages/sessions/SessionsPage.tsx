import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessions } from "../../api/queries";
import { useIds } from "../../app/ids";
import { useLiveFigures } from "../../app/live";
import { dates } from "../../i18n/format";
import { LinkButton } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";
import { Seats } from "../../parts/Seats";
import { district, State, useTopics } from "../../parts/terms";

/** Every session of the network: will it run, who is in? */
export function SessionsPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  useLiveFigures(network);
  const topics = useTopics();
  const create = (
    <LinkButton to={`/n/${network}/sessions/new`} look="primary" full>
      {t("session.schedule")}
    </LinkButton>
  );
  return (
    <Page title={t("nav.sessions")} lead={t("session.lead")} action={create}>
      <Loaded of={useQuery(sessions(network))}>
        {(list) =>
          list.length === 0 ? (
            <div className="card">
              <Empty title={t("session.none")} action={create}>
                {t("session.none_why")}
              </Empty>
            </div>
          ) : (
            <div className="card flush table-wrap">
              <table className="cards">
                <thead>
                  <tr>
                    <th scope="col">{t("session.course")}</th>
                    <th scope="col">{t("session.when")}</th>
                    <th scope="col">{t("session.where")}</th>
                    <th scope="col">{t("session.seats")}</th>
                    <th scope="col">{t("session.state")}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((session) => (
                    <tr key={session.id}>
                      <th scope="row">
                        <Link to={`/n/${network}/sessions/${session.id}`}>
                          {topics.title(session.topic_code)}
                        </Link>
                      </th>
                      <td data-label={t("session.when")}>{dates(session.days)}</td>
                      <td data-label={t("session.where")}>{district(session.venue_ags)}</td>
                      <td>
                        <Seats session={session} />
                      </td>
                      <td>
                        <State kind="session" of={session.state} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
