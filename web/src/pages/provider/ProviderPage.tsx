import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessions } from "../../api/queries";
import type { Network } from "../../api/types";
import { companyNetworks } from "../../app/companyNetworks";
import { useIds } from "../../app/ids";
import { dates } from "../../i18n/format";
import { Empty, Loaded, Page } from "../../parts/Page";
import { Seats } from "../../parts/Seats";
import { district, State, useTopics } from "../../parts/terms";

/** A provider's sessions over the networks it belongs to. */
export function ProviderPage() {
  const { t } = useTranslation();
  const { organisation } = useIds();
  return (
    <Page title={t("provider.title")} lead={t("provider.lead")}>
      <Loaded of={useQuery(companyNetworks(organisation))}>
        {(networks) =>
          networks.length === 0 ? (
            <div className="card">
              <Empty title={t("provider.none")}>{t("provider.none_why")}</Empty>
            </div>
          ) : (
            networks.map((network) => <Sessions key={network.id} network={network} provider={organisation} />)
          )
        }
      </Loaded>
    </Page>
  );
}

function Sessions({ network, provider }: { network: Network; provider: string }) {
  const { t } = useTranslation();
  const topics = useTopics();
  return (
    <section className="card flush" aria-label={network.name}>
      <h2 className="card-head">{network.name}</h2>
      <Loaded of={useQuery(sessions(network.id))}>
        {(list) => {
          const mine = list.filter((session) => session.provider_id === provider);
          if (mine.length === 0)
            return <Empty title={t("provider.no_sessions")}>{t("provider.no_sessions_why")}</Empty>;
          return (
            <ul className="list" role="list">
              {mine.map((session) => (
                <li key={session.id}>
                  <div className="row spread">
                    <div className="grow">
                      <span className="strong">{topics.title(session.topic_code)}</span>
                      <div className="small muted">
                        {dates(session.days)} · {district(session.venue_ags)}
                      </div>
                    </div>
                    <Seats session={session} />
                    <State kind="session" of={session.state} />
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
