import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { organisations } from "../../api/queries";
import { word } from "../../i18n/word";
import { LinkButton } from "../../parts/Button";
import { TextField } from "../../parts/Field";
import { Empty, Loaded, Page } from "../../parts/Page";
import { district } from "../../parts/terms";

/** Every organisation: companies, providers, associations, public bodies. */
export function OrganisationsPage() {
  const { t } = useTranslation();
  const { name = "" } = useSearch({ strict: false }) as { name?: string };
  const navigate = useNavigate();
  return (
    <Page title={t("nav.organisations")} lead={t("admin.organisations_lead")}>
      <div className="grid">
        <TextField
          label={t("companies.search")}
          type="search"
          value={name}
          onChange={(event) => navigate({ to: ".", search: { name: event.target.value }, replace: true })}
        />
      </div>
      <Loaded of={useQuery(organisations())} rows={6}>
        {(list) => {
          const wanted = name.toLocaleLowerCase("de");
          const shown = list.filter((one) => one.name.toLocaleLowerCase("de").includes(wanted));
          if (shown.length === 0) {
            return (
              <div className="card">
                <Empty title={t("admin.no_organisations")}>{t("companies.empty_why")}</Empty>
              </div>
            );
          }
          return (
            <div className="card flush table-wrap">
              <table className="cards">
                <thead>
                  <tr>
                    <th scope="col">{t("companies.name")}</th>
                    <th scope="col">{t("companies.kind")}</th>
                    <th scope="col">{t("admin.region")}</th>
                    <th scope="col">{t("admin.size")}</th>
                    <th scope="col">
                      <span className="visually-hidden">{t("common.actions")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map((one) => (
                    <tr key={one.id}>
                      <th scope="row">
                        <bdi>{one.name}</bdi>
                      </th>
                      <td data-label={t("companies.kind")}>{word("kind", one.kind)}</td>
                      <td data-label={t("admin.region")}>{district(one.ags)}</td>
                      <td data-label={t("admin.size")}>
                        {one.sme_class ? word("size", one.sme_class) : "–"}
                      </td>
                      <td className="right">
                        <LinkButton to={`/admin/people?organisation=${one.id}`} full>
                          {t("admin.see_people")}
                          <span className="visually-hidden">: {one.name}</span>
                        </LinkButton>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
