import { useTranslation } from "react-i18next";
import type { Session } from "../../api/types";
import { day, hours, money, number } from "../../i18n/format";
import { word } from "../../i18n/word";
import { district } from "../../parts/terms";

/** When, where and at what price. */
export function SessionFacts({ session }: { session: Session }) {
  const { t } = useTranslation();
  return (
    <section className="card stack" aria-labelledby="facts">
      <h2 id="facts">{t("session.facts")}</h2>
      <dl className="facts">
        <dt>{t("session.where")}</dt>
        <dd>{district(session.venue_ags)}</dd>
        <dt>{t("session.length")}</dt>
        <dd>
          {t("session.length_value", {
            units: number(session.teaching_units),
            hours: number(session.teaching_units * 0.75),
          })}
        </dd>
        <dt>{t("session.price")}</dt>
        <dd>
          {money(session.price_cents)} {t("session.net_short")}
        </dd>
        <dt>{t("session.key")}</dt>
        <dd>{word("cost_key", session.cost_key)}</dd>
        <dt>{t("session.minimum")}</dt>
        <dd>{session.minimum_seats}</dd>
      </dl>
      <h3>{t("session.days")}</h3>
      <ul className="stack tight" role="list">
        {session.days.map((block) => (
          <li key={block.starts_at} className="row spread tight">
            <span>{day(block.starts_at)}</span>
            <span className="muted">{hours(block)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
