import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { networks } from "../../api/queries";
import { word } from "../../i18n/word";
import { Empty, Loaded, Page } from "../../parts/Page";
import { district, State } from "../../parts/terms";

/** Every network of the platform. */
export function NetworksPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("nav.networks")} lead={t("admin.networks_lead")}>
      <Loaded of={useQuery(networks())} rows={6}>
        {(list) =>
          list.length === 0 ? (
            <div className="card">
              <Empty title={t("admin.no_networks")}>{t("admin.no_networks_why")}</Empty>
            </div>
          ) : (
            <div className="card flush table-wrap">
              <table className="cards">
                <thead>
                  <tr>
                    <th scope="col">{t("admin.name")}</th>
                    <th scope="col">{t("admin.focus")}</th>
                    <th scope="col">{t("admin.region")}</th>
                    <th scope="col">{t("admin.state")}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((network) => (
                    <tr key={network.id}>
                      <th scope="row">{network.name}</th>
                      <td data-label={t("admin.focus")}>{word("sector", network.sector_focus)}</td>
                      <td data-label={t("admin.region")}>{network.ags.map(district).join(", ")}</td>
                      <td>
                        <State kind="network" of={network.status} />
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
