import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { memberships } from "../../api/queries";
import type { Membership } from "../../api/types";
import { useIds } from "../../app/ids";
import { plainDay } from "../../i18n/format";
import { word } from "../../i18n/word";
import { Button } from "../../parts/Button";
import { SelectField, TextField } from "../../parts/Field";
import { Empty, Loaded, Page } from "../../parts/Page";
import { State } from "../../parts/terms";
import { Deciding } from "./Deciding";

const STATES = ["applied", "active", "suspended", "terminated", "declined", "withdrawn"] as const;

/** Who belongs to the network, and who asks to. */
export function CompaniesPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const { status = "", name = "" } = useSearch({ strict: false }) as { status?: string; name?: string };
  const navigate = useNavigate();
  const filter = (change: Record<string, string>) =>
    navigate({ to: ".", search: (before: object) => ({ ...before, ...change }), replace: true });
  const [deciding, setDeciding] = useState<Membership | null>(null);
  const asked = useQuery(memberships(network));
  return (
    <Page title={t("nav.companies")} lead={t("companies.lead")}>
      <div className="grid">
        <TextField
          label={t("companies.search")}
          type="search"
          value={name}
          onChange={(event) => filter({ name: event.target.value })}
        />
        <SelectField
          label={t("companies.status")}
          value={status}
          onChange={(event) => filter({ status: event.target.value })}
        >
          <option value="">{t("common.all")}</option>
          {STATES.map((one) => (
            <option key={one} value={one}>
              {word("state.membership", one)}
            </option>
          ))}
        </SelectField>
      </div>
      <Loaded of={asked}>
        {(list) => {
          const wanted = name.toLocaleLowerCase("de");
          const shown = list.filter(
            (one) =>
              (!status || one.status === status) &&
              (one.organisation_name ?? "").toLocaleLowerCase("de").includes(wanted),
          );
          if (shown.length === 0) {
            return (
              <div className="card">
                <Empty title={t("companies.empty")}>{t("companies.empty_why")}</Empty>
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
                    <th scope="col">{t("companies.roles")}</th>
                    <th scope="col">{t("companies.since")}</th>
                    <th scope="col">{t("companies.status")}</th>
                    <th scope="col">
                      <span className="visually-hidden">{t("common.actions")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map((one) => (
                    <tr key={one.id}>
                      <th scope="row">
                        <bdi>{one.organisation_name}</bdi>
                      </th>
                      <td data-label={t("companies.kind")}>{word("kind", one.organisation_kind)}</td>
                      <td data-label={t("companies.roles")}>
                        {one.roles.map((role) => word("member_role", role.role)).join(", ") || "–"}
                      </td>
                      <td data-label={t("companies.since")}>{one.since ? plainDay(one.since) : "–"}</td>
                      <td>
                        <State kind="membership" of={one.status} />
                      </td>
                      <td className="right">
                        {one.status === "applied" && (
                          <Button full onPress={() => setDeciding(one)}>
                            {t("companies.decide")}
                            <span className="visually-hidden">: {one.organisation_name}</span>
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Loaded>
      {deciding && <Deciding membership={deciding} close={() => setDeciding(null)} />}
    </Page>
  );
}
