import { useTranslation } from "react-i18next";
import { LinkButton } from "../parts/Button";
import { Empty, Failure } from "../parts/Page";

export function Missing() {
  const { t } = useTranslation();
  return (
    <main className="shell-main">
      <Empty title={t("error.no_page")} action={<LinkButton to="/">{t("nav.start")}</LinkButton>}>
        {t("error.no_page_why")}
      </Empty>
    </main>
  );
}

export function Crash({ error }: { error: unknown }) {
  return (
    <main className="shell-main">
      <Failure error={error as Error} retry={() => location.reload()} />
    </main>
  );
}
