import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { networks, overview } from "../../api/queries";
import type { NetworkFigures } from "../../api/types";
import { time } from "../../i18n/format";
import { FigureGrid, useFigureText } from "../../parts/Figures";
import { Empty, Loaded, Page, Skeleton } from "../../parts/Page";

const HEAD = [
  "companies_members",
  "companies_reached",
  "smes_reached",
  "seats_confirmed",
  "fill_rate_percent",
  "person_units",
];
const COLUMNS = [
  "needs_headcount",
  "seats_confirmed",
  "fill_rate_percent",
  "companies_reached",
  "smes_reached",
];
const NetworkChart = lazy(() => import("./NetworkChart"));

/** For funders and evaluators: all networks together, then each. */
export function OverviewReportPage() {
  const { t } = useTranslation();
  const asked = useQuery(overview());
  const names = new Map(useQuery(networks()).data?.map((one) => [one.id, one.name]));
  const name = (id: string) => names.get(id) ?? id.slice(0, 8);
  return (
    <Page
      title={t("report.overview")}
      lead={
        asked.data?.as_of.computed_at && (
          <span className="live">{t("figures.as_of", { when: time(asked.data.as_of.computed_at) })}</span>
        )
      }
    >
      <Loaded of={asked}>
        {(found) => (
          <>
            <FigureGrid figures={found.overall} keys={HEAD} />
            {found.networks.length === 0 ? (
              <div className="card">
                <Empty title={t("report.none")}>{t("report.none_why")}</Empty>
              </div>
            ) : (
              <>
                <section className="card stack" aria-labelledby="compare">
                  <h2 id="compare">{t("report.compare")}</h2>
                  <Suspense fallback={<Skeleton rows={2} />}>
                    <NetworkChart networks={found.networks} name={name} />
                  </Suspense>
                </section>
                <NetworkTable networks={found.networks} name={name} />
              </>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function NetworkTable({
  networks: rows,
  name,
}: {
  networks: NetworkFigures[];
  name: (id: string) => string;
}) {
  const { t } = useTranslation();
  const text = useFigureText();
  const columns = COLUMNS.map((key) => rows[0]?.figures.find((one) => one.key === key)).filter(
    (one) => one !== undefined,
  );
  return (
    <section className="card flush table-wrap" aria-label={t("report.by_network")}>
      <table className="cards">
        <thead>
          <tr>
            <th scope="col">{t("report.network")}</th>
            {columns.map((column) => (
              <th key={column.key} scope="col" className="right">
                <FigureName figure={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.network_id}>
              <th scope="row">
                <Link to={`/reports/${row.network_id}`}>{name(row.network_id)}</Link>
              </th>
              {columns.map((column) => {
                const figure = row.figures.find((one) => one.key === column.key);
                return (
                  <td key={column.key} className="right" data-label={labelOf(column)}>
                    {figure ? text(figure) : "–"}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function labelOf(figure: NetworkFigures["figures"][number]): string {
  return figure.label[document.documentElement.lang === "en" ? "en" : "de"];
}

function FigureName({ figure }: { figure: NetworkFigures["figures"][number] }) {
  return (
    <span title={figure.definition[document.documentElement.lang === "en" ? "en" : "de"]}>
      {labelOf(figure)}
    </span>
  );
}
