import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { needs, pools } from "../../api/queries";
import { useIds } from "../../app/ids";
import { dates, plainDay } from "../../i18n/format";
import { LinkButton } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";
import { State, useTopics } from "../../parts/terms";
import { useMyBookings } from "./mine";
import { Pledge } from "./Pledge";

/** The company's landing page: what runs for us, and what is asked of us? */
export function OverviewPage() {
  const { t } = useTranslation();
  const { network, organisation } = useIds();
  const at = `/o/${organisation}/${network}`;
  return (
    <Page
      title={t("company.title")}
      lead={t("company.lead")}
      action={
        <LinkButton to={`${at}/post-need`} look="primary" full>
          {t("nav.post_need")}
        </LinkButton>
      }
    >
      <Pools network={network} organisation={organisation} />
      <Bookings network={network} organisation={organisation} at={at} />
      <Needs network={network} organisation={organisation} at={at} />
    </Page>
  );
}

function Pools({ network, organisation }: { network: string; organisation: string }) {
  const { t } = useTranslation();
  const topics = useTopics();
  return (
    <section className="stack" aria-labelledby="pools">
      <h2 id="pools">{t("company.pools")}</h2>
      <Loaded of={useQuery(pools(network))} rows={2}>
        {(list) => {
          const open = list.filter((pool) => pool.state === "open" || pool.state === "viable");
          if (open.length === 0) return <p className="card muted">{t("company.no_pools")}</p>;
          return (
            <ul className="grid" role="list">
              {open.map((pool) => (
                <li key={pool.id} className="card stack tight">
                  <div className="row spread">
                    <h3 className="grow">{topics.title(pool.topic_code)}</h3>
                    <State kind="pool" of={pool.state} />
                  </div>
                  <Pledge pool={pool} organisation={organisation} />
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

function Bookings({ network, organisation, at }: { network: string; organisation: string; at: string }) {
  const { t } = useTranslation();
  const topics = useTopics();
  const mine = useMyBookings(network, organisation);
  return (
    <section className="card flush" aria-labelledby="courses">
      <div className="card-head row spread">
        <h2 id="courses">{t("company.courses")}</h2>
        <LinkButton to={`${at}/courses`}>{t("nav.find_courses")}</LinkButton>
      </div>
      <Loaded of={mine} rows={2}>
        {(list) => {
          const live = list.filter(({ booking }) => booking.status !== "cancelled");
          const courses = [...new Map(live.map((one) => [one.session.id, one.session])).values()];
          if (courses.length === 0)
            return <Empty title={t("company.no_courses")}>{t("company.no_courses_why")}</Empty>;
          return (
            <ul className="list" role="list">
              {courses.map((session) => {
                const own = live.filter((one) => one.session.id === session.id);
                const count = (status: string) =>
                  own.filter(({ booking }) => booking.status === status).length;
                return (
                  <li key={session.id}>
                    <div className="row spread">
                      <div className="grow">
                        <Link to={`${at}/courses/${session.id}`}>{topics.title(session.topic_code)}</Link>
                        <div className="small muted">{dates(session.days)}</div>
                      </div>
                      <div className="row tight">
                        {count("confirmed") > 0 && (
                          <span>{t("company.confirmed", { count: count("confirmed") })}</span>
                        )}
                        {count("waitlisted") > 0 && (
                          <span className="muted">
                            {t("company.waiting", { count: count("waitlisted") })}
                          </span>
                        )}
                        <State kind="session" of={session.state} />
                      </div>
                    </div>
                  </li>
                );
              })}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

function Needs({ network, organisation, at }: { network: string; organisation: string; at: string }) {
  const { t } = useTranslation();
  const topics = useTopics();
  return (
    <section className="card flush" aria-labelledby="needs">
      <h2 id="needs" className="card-head">
        {t("company.needs")}
      </h2>
      <Loaded of={useQuery(needs(network))} rows={2}>
        {(list) => {
          const own = list.filter((need) => need.organisation_id === organisation);
          if (own.length === 0) {
            return (
              <Empty
                title={t("company.no_needs")}
                action={<LinkButton to={`${at}/post-need`}>{t("nav.post_need")}</LinkButton>}
              >
                {t("company.no_needs_why")}
              </Empty>
            );
          }
          return (
            <ul className="list" role="list">
              {own.map((need) => (
                <li key={need.id}>
                  <div className="row spread">
                    <div className="grow">
                      <span className="strong">{topics.title(need.topic_code)}</span>
                      <div className="small muted">
                        {t("board.heads", { count: need.headcount })} · {plainDay(need.window_from)} –{" "}
                        {plainDay(need.window_to)}
                      </div>
                    </div>
                    <State kind="need" of={need.state} />
                  </div>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}
