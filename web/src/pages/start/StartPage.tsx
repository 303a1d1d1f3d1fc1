import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { home, workspaces } from "../../app/workspaces";
import { Empty, Loaded, Page } from "../../parts/Page";

/** The first page: that of the person's first role. */
export function StartPage() {
  const { t } = useTranslation();
  return (
    <Loaded of={useQuery(me())}>
      {({ grants }) => {
        const first = workspaces(grants ?? [])[0];
        if (first) return <Navigate to={home(first)} replace />;
        return (
          <Page title={t("start.title")}>
            <div className="card">
              <Empty title={t("start.no_role")}>{t("start.no_role_why")}</Empty>
            </div>
          </Page>
        );
      }}
    </Loaded>
  );
}
