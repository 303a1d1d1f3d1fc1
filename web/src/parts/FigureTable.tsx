import { useTranslation } from "react-i18next";
import type { Figure } from "../api/types";
import { save } from "../app/files";
import { language } from "../i18n";
import { Button } from "./Button";
import { useFigureText } from "./Figures";

/** Every figure with its definition, also as a file; what is withheld stays withheld there. */
export function FigureTable({ figures, title }: { figures: readonly Figure[]; title: string }) {
  const { t } = useTranslation();
  const text = useFigureText();
  return (
    <section className="card flush" aria-labelledby="all-figures">
      <div className="card-head row spread">
        <h2 id="all-figures">{title}</h2>
        <Button
          onPress={() =>
            save(new Blob([csv(figures, t("figures.withheld"))], { type: "text/csv" }), "verbundwerk.csv")
          }
        >
          {t("report.csv")}
        </Button>
      </div>
      <table className="cards">
        <thead>
          <tr>
            <th scope="col">{t("figures.name")}</th>
            <th scope="col" className="right">
              {t("figures.value")}
            </th>
            <th scope="col">{t("figures.definition")}</th>
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <tr key={figure.key}>
              <th scope="row">{figure.label[language()]}</th>
              <td className="right strong" data-label={t("figures.value")}>
                {text(figure)}
              </td>
              <td className="small muted">{figure.definition[language()]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function csv(figures: readonly Figure[], withheld: string): string {
  const cell = (value: string | number) => `"${String(value).replaceAll('"', '""')}"`;
  const rows = figures.map((one) =>
    [one.key, one.label[language()], one.value ?? withheld, one.unit, one.definition[language()]]
      .map(cell)
      .join(";"),
  );
  // The mark at the start tells spreadsheets that this is UTF-8.
  return `\uFEFF${["key;label;value;unit;definition", ...rows].join("\r\n")}\r\n`;
}
