import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { companyNetworks } from "../../app/companyNetworks";
import { useIds } from "../../app/ids";
import { LinkButton } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";

/** Leads into the company's network; with several it asks, with none it says so. */
export function CompanyStartPage() {
  const { t } = useTranslation();
  const { organisation } = useIds();
  return (
    <Loaded of={useQuery(companyNetworks(organisation))}>
      {(networks) => {
        const only = networks.length === 1 ? networks[0] : undefined;
        if (only) return <Navigate to={`/o/${organisation}/${only.id}/overview`} replace />;
        return (
          <Page title={t("company.which")}>
            <div className="card stack">
              {networks.length === 0 && (
                <Empty title={t("company.no_network")}>{t("company.no_network_why")}</Empty>
              )}
              {networks.map((network) => (
                <LinkButton key={network.id} to={`/o/${organisation}/${network.id}/overview`} full>
                  {network.name}
                </LinkButton>
              ))}
            </div>
          </Page>
        );
      }}
    </Loaded>
  );
}
