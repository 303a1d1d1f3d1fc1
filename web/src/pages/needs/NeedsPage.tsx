import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { demand, needs } from "../../api/queries";
import type { Need } from "../../api/types";
import { useIds } from "../../app/ids";
import { number, plainDay } from "../../i18n/format";
import { word } from "../../i18n/word";
import { LinkButton } from "../../parts/Button";
import { SelectField } from "../../parts/Field";
import { Empty, Loaded, Page } from "../../parts/Page";
import { district, State, useCompanyNames, useTopics } from "../../parts/terms";

const STATES = ["posted", "pooled", "covered", "withdrawn", "expired"] as const;

/** Every need of the network, and the anonymous demand by topic that members see. */
export function NeedsPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const topics = useTopics();
  const company = useCompanyNames(network);
  const { state = "", topic = "" } = useSearch({ strict: false }) as { state?: string; topic?: string };
  const navigate = useNavigate();
  const filter = (change: Record<string, string>) =>
    navigate({ to: ".", search: (before: object) => ({ ...before, ...change }), replace: true });
  const asked = useQuery(needs(network));
  return (
    <Page
      title={t("needs.title")}
      lead={t("needs.lead")}
      action={
        <LinkButton to={`/n/${network}/board`} look="primary" full>
          {t("needs.to_board")}
        </LinkButton>
      }
    >
      <div className="grid">
        <SelectField
          label={t("needs.state")}
          value={state}
          onChange={(event) => filter({ state: event.target.value })}
        >
          <option value="">{t("common.all")}</option>
          {STATES.map((one) => (
            <option key={one} value={one}>
              {word("state.need", one)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t("needs.topic")}
          value={topic}
          onChange={(event) => filter({ topic: event.target.value })}
        >
          <option value="">{t("common.all")}</option>
          {[...new Set(asked.data?.map((need) => need.topic_code))].map((code) => (
            <option key={code} value={code}>
              {topics.title(code)}
            </option>
          ))}
        </SelectField>
      </div>
      <Loaded of={asked}>
        {(list) => {
          const shown = list.filter(
            (need) => (!state || need.state === state) && (!topic || need.topic_code === topic),
          );
          if (shown.length === 0) {
            return (
              <div className="card">
                <Empty title={t("needs.empty")}>
                  {t(list.length ? "needs.empty_filter" : "needs.empty_why")}
                </Empty>
              </div>
            );
          }
          return <Table needs={shown} title={topics.title} company={company} />;
        }}
      </Loaded>
      <Demand network={network} title={topics.title} />
    </Page>
  );
}

function Table({
  needs: shown,
  title,
  company,
}: {
  needs: Need[];
  title: (code: string) => string;
  company: (id: string) => string;
}) {
  const { t } = useTranslation();
  return (
    <div className="card flush table-wrap">
      <table className="cards">
        <thead>
          <tr>
            <th scope="col">{t("needs.topic")}</th>
            <th scope="col">{t("needs.company")}</th>
            <th scope="col" className="right">
              {t("needs.heads")}
            </th>
            <th scope="col">{t("needs.window")}</th>
            <th scope="col">{t("needs.where")}</th>
            <th scope="col">{t("needs.state")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((need) => (
            <tr key={need.id}>
              <th scope="row">{title(need.topic_code)}</th>
              <td data-label={t("needs.company")}>
                <bdi>{company(need.organisation_id) || t("needs.a_company")}</bdi>
              </td>
              <td data-label={t("needs.heads")} className="right">
                {number(need.headcount)}
              </td>
              <td data-label={t("needs.window")}>
                {plainDay(need.window_from)} – {plainDay(need.window_to)}
              </td>
              <td data-label={t("needs.where")}>
                {need.ags ? district(need.ags) : t("needs.anywhere")}, {word("format", need.format)}
              </td>
              <td>
                <State kind="need" of={need.state} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Demand({ network, title }: { network: string; title: (code: string) => string }) {
  const { t } = useTranslation();
  const asked = useQuery(demand(network));
  return (
    <section className="card stack" aria-labelledby="demand">
      <h2 id="demand">{t("needs.demand")}</h2>
      <p className="muted">{t("needs.demand_rule")}</p>
      <Loaded of={asked} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <p>{t("needs.demand_none")}</p>
          ) : (
            <ul className="stack tight" role="list">
              {rows.map((row) => (
                <li key={row.topic_code} className="row spread">
                  <span className="grow">{title(row.topic_code)}</span>
                  <span>{t("needs.demand_row", { heads: row.headcount, companies: row.companies })}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
