import { useTranslation } from "react-i18next";
import { Bar, BarChart, LabelList, ResponsiveContainer, XAxis, YAxis } from "recharts";
import type { NetworkFigures } from "../../api/types";
import { number } from "../../i18n/format";

const ROW_PX = 44;
const MOST = 12;

/** Confirmed seats per network as bars with their number; the table below has every network. */
export default function NetworkChart({
  networks,
  name,
}: {
  networks: NetworkFigures[];
  name: (id: string) => string;
}) {
  const { t } = useTranslation();
  const value = (one: NetworkFigures) =>
    one.figures.find((figure) => figure.key === "seats_confirmed")?.value ?? null;
  const rows = networks
    .map((one) => ({ name: name(one.network_id).replace(/^Demo-Verbund /, ""), seats: value(one) }))
    .filter((row): row is { name: string; seats: number } => row.seats !== null && row.seats > 0)
    .sort((a, b) => b.seats - a.seats)
    .slice(0, MOST);
  if (rows.length === 0) return <p className="muted">{t("report.chart_none")}</p>;
  const summary = rows.map((row) => `${row.name}: ${number(row.seats)}`).join(", ");
  return (
    <div role="img" aria-label={`${t("report.chart")} ${summary}`} className="stack tight">
      <p className="muted small">{t("report.chart")}</p>
      <ResponsiveContainer width="100%" height={rows.length * ROW_PX + 24}>
        <BarChart data={rows} layout="vertical" margin={{ left: 0, right: 40 }} accessibilityLayer={false}>
          <XAxis type="number" hide />
          <YAxis
            type="category"
            dataKey="name"
            width={150}
            tickLine={false}
            axisLine={false}
            tick={{ fill: "var(--text)", fontSize: 15 }}
          />
          <Bar
            dataKey="seats"
            fill="var(--series-1)"
            radius={[0, 4, 4, 0]}
            barSize={20}
            isAnimationActive={false}
          >
            <LabelList dataKey="seats" position="right" fill="var(--text)" fontSize={15} />
          </Bar>
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
