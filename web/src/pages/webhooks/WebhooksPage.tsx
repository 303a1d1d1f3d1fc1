import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { webhooks } from "../../api/webhookQueries";
import { useIds } from "../../app/ids";
import { moment } from "../../i18n/format";
import { Button } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";
import { State } from "../../parts/terms";
import { NewWebhook } from "./NewWebhook";

/** Addresses of other systems that are told what happens in the network. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const [adding, setAdding] = useState(false);
  return (
    <Page
      title={t("nav.webhooks")}
      lead={t("webhook.lead")}
      action={
        <Button look="primary" full onPress={() => setAdding(true)}>
          {t("webhook.new")}
        </Button>
      }
    >
      <Loaded of={useQuery(webhooks(network))}>
        {(list) =>
          list.length === 0 ? (
            <div className="card">
              <Empty title={t("webhook.none")}>{t("webhook.none_why")}</Empty>
            </div>
          ) : (
            <ul className="card flush list" role="list">
              {list.map((one) => (
                <li key={one.id}>
                  <div className="row spread">
                    <div className="grow">
                      <Link to={`/n/${network}/webhooks/${one.id}`}>{one.label || one.url}</Link>
                      <div className="small muted wrap">{one.url}</div>
                      <div className="small muted">
                        {one.last_success_at
                          ? t("webhook.last", { when: moment(one.last_success_at) })
                          : t("webhook.never")}
                      </div>
                    </div>
                    <State kind="webhook" of={one.state} />
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <NewWebhook network={network} close={() => setAdding(false)} />}
    </Page>
  );
}
