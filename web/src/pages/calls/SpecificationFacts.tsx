import { useTranslation } from "react-i18next";
import type { Call, Specification } from "../../api/types";
import { money, number, plainDay } from "../../i18n/format";
import { word } from "../../i18n/word";
import { district, useTopics } from "../../parts/terms";

/** What is asked for, and by what it will be judged. */
export function SpecificationFacts({
  specification: asked,
  criteria,
}: {
  specification: Specification;
  criteria: Call["criteria"];
}) {
  const { t } = useTranslation();
  const topics = useTopics();
  return (
    <section className="card stack" aria-labelledby="asked">
      <h2 id="asked">{t("calls.asked")}</h2>
      <dl className="facts">
        <dt>{t("needs.topic")}</dt>
        <dd>{topics.title(asked.topic_code)}</dd>
        <dt>{t("session.length")}</dt>
        <dd>
          {t("session.length_value", {
            units: number(asked.teaching_units),
            hours: number(asked.teaching_units * 0.75),
          })}
        </dd>
        <dt>{t("needs.window")}</dt>
        <dd>
          {plainDay(asked.earliest)} – {plainDay(asked.latest)}
        </dd>
        <dt>{t("need.format")}</dt>
        <dd>{word("format", asked.format)}</dd>
        <dt>{t("calls.seats")}</dt>
        <dd>
          {asked.minimum_seats} – {asked.maximum_seats}
        </dd>
        {(asked.ags ?? []).length > 0 && (
          <>
            <dt>{t("session.where")}</dt>
            <dd>{(asked.ags ?? []).map(district).join(", ")}</dd>
          </>
        )}
        {asked.budget_cents_per_seat != null && (
          <>
            <dt>{t("calls.budget")}</dt>
            <dd>{money(asked.budget_cents_per_seat)}</dd>
          </>
        )}
      </dl>
      {asked.notes && <p className="wrap">{asked.notes}</p>}
      <h3>{t("calls.criteria")}</h3>
      <ul className="stack tight" role="list">
        {criteria.map((one) => (
          <li key={one.key} className="row spread tight">
            <span>{word("criterion", one.kind)}</span>
            <span className="muted">{one.weight} %</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
