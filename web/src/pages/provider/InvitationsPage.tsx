import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { invitations } from "../../api/callQueries";
import { useIds } from "../../app/ids";
import { moment } from "../../i18n/format";
import { Empty, Loaded, Page } from "../../parts/Page";
import { Status } from "../../parts/Status";
import { State, useTopics } from "../../parts/terms";

/** Calls for offers that this provider was invited to, the nearest due time first. */
export function InvitationsPage() {
  const { t } = useTranslation();
  const { organisation } = useIds();
  const topics = useTopics();
  return (
    <Page title={t("nav.invitations")} lead={t("offer.lead")}>
      <Loaded of={useQuery(invitations())}>
        {(list) => {
          const mine = list
            .filter((one) => one.provider_id === organisation)
            .sort((a, b) => a.due_at.localeCompare(b.due_at));
          if (mine.length === 0) {
            return (
              <div className="card">
                <Empty title={t("offer.none")}>{t("offer.none_why")}</Empty>
              </div>
            );
          }
          return (
            <ul className="card flush list" role="list">
              {mine.map((one) => (
                <li key={one.call_id}>
                  <div className="row spread">
                    <div className="grow">
                      <Link to={`/p/${organisation}/calls/${one.call_id}`}>
                        {topics.title(one.specification.topic_code)}
                      </Link>
                      <div className="small muted">{t("calls.due_at", { when: moment(one.due_at) })}</div>
                    </div>
                    {one.receipt && <Status tone="done">{t("offer.sent")}</Status>}
                    <State kind="call" of={one.state} />
                  </div>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Page>
  );
}
