import { useTranslation } from "react-i18next";
import type { Figure } from "../api/types";
import { language } from "../i18n";
import { number, percent, time } from "../i18n/format";
import { Meter } from "./Seats";

/** A figure as text; what is withheld says so and is never 0. */
export function useFigureText(): (figure: Figure) => string {
  const { t } = useTranslation();
  return (figure) => {
    if (figure.value === null) return t("figures.withheld");
    if (figure.unit === "percent") return percent(figure.value);
    if (figure.unit === "person_units") return `${number(figure.value)} ${t("figures.units")}`;
    return number(figure.value);
  };
}

export function FigureGrid({ figures, keys }: { figures: readonly Figure[]; keys: readonly string[] }) {
  const shown = keys
    .map((key) => figures.find((figure) => figure.key === key))
    .filter((one) => one !== undefined);
  return (
    <dl className="grid">
      {shown.map((figure) => (
        <FigureCard key={figure.key} figure={figure} />
      ))}
    </dl>
  );
}

function FigureCard({ figure }: { figure: Figure }) {
  const { t } = useTranslation();
  const text = useFigureText();
  const withheld = figure.value === null;
  return (
    <div className="card figure">
      <dt className="name">{figure.label[language()]}</dt>
      <dd className={withheld ? "muted" : "value"} key={String(figure.value)}>
        {text(figure)}
      </dd>
      {withheld && <dd className="small muted">{t("figures.rule")}</dd>}
      <dd className="small muted">{figure.definition[language()]}</dd>
    </div>
  );
}

/** From need to seat: each step as a bar with its number and what was lost on the way. */
export function Funnel({ figures }: { figures: readonly Figure[] }) {
  const { t } = useTranslation();
  const value = (key: string) => figures.find((figure) => figure.key === key)?.value ?? null;
  const steps = [
    { key: "headcount", value: value("needs_headcount") },
    { key: "offered", value: value("seats_offered") },
    { key: "confirmed", value: value("seats_confirmed") },
  ];
  const most = Math.max(1, ...steps.map((step) => step.value ?? 0));
  const summary = steps
    .map((step) => `${t(`funnel.${step.key}` as "funnel.offered")}: ${step.value ?? t("figures.withheld")}`)
    .join(", ");
  return (
    <figure className="stack tight" aria-label={summary}>
      <ol className="funnel">
        {steps.map((step) => (
          <li key={step.key}>
            <span>{t(`funnel.${step.key}` as "funnel.offered")}</span>
            <span className="strong">{step.value === null ? t("figures.withheld") : number(step.value)}</span>
            <Meter value={step.value ?? 0} of={most} />
          </li>
        ))}
      </ol>
    </figure>
  );
}

/** How old the figures are, and whether changes come by themselves. */
export function Live({ on, at }: { on: boolean; at: string | null | undefined }) {
  const { t } = useTranslation();
  return (
    <span className={on ? "live on" : "live"}>
      {on ? t("figures.live") : t("figures.not_live")}
      {at && ` · ${t("figures.as_of", { when: time(at) })}`}
    </span>
  );
}
