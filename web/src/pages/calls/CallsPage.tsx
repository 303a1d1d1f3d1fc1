import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { calls } from "../../api/callQueries";
import { useIds } from "../../app/ids";
import { moment } from "../../i18n/format";
import { LinkButton } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";
import { State, useTopics } from "../../parts/terms";

/** Every call for offers of the network. */
export function CallsPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const topics = useTopics();
  const start = (
    <LinkButton to={`/n/${network}/calls/new`} look="primary" full>
      {t("calls.new")}
    </LinkButton>
  );
  return (
    <Page title={t("nav.calls")} lead={t("calls.lead")} action={start}>
      <Loaded of={useQuery(calls(network))}>
        {(list) =>
          list.length === 0 ? (
            <div className="card">
              <Empty title={t("calls.none")}>{t("calls.none_why")}</Empty>
            </div>
          ) : (
            <div className="card flush table-wrap">
              <table className="cards">
                <thead>
                  <tr>
                    <th scope="col">{t("needs.topic")}</th>
                    <th scope="col">{t("calls.due")}</th>
                    <th scope="col">{t("calls.invited")}</th>
                    <th scope="col">{t("calls.offers")}</th>
                    <th scope="col">{t("session.state")}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((one) => (
                    <tr key={one.id}>
                      <th scope="row">
                        <Link to={`/n/${network}/calls/${one.id}`}>
                          {topics.title(one.specification.topic_code)}
                        </Link>
                      </th>
                      <td data-label={t("calls.due")}>{moment(one.due_at)}</td>
                      <td data-label={t("calls.invited")}>{one.providers.length}</td>
                      <td data-label={t("calls.offers")}>
                        {one.offers_sealed ? t("calls.sealed_short") : one.offers.length}
                      </td>
                      <td>
                        <State kind="call" of={one.state} />
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
