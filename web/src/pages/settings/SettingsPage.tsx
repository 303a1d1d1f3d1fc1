import { useTranslation } from "react-i18next";
import { Page } from "../../parts/Page";
import { MyData } from "./MyData";
import { NewPassword } from "./NewPassword";
import { SecondFactor } from "./SecondFactor";

/** One's own account: how one signs in, and what is held about one. */
export function SettingsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("settings.title")} lead={t("settings.lead")}>
      <div className="split">
        <div className="stack">
          <SecondFactor />
          <NewPassword />
        </div>
        <MyData />
      </div>
    </Page>
  );
}
