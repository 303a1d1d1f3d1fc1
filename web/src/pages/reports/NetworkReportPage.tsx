import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { networks } from "../../api/queries";
import { useIds } from "../../app/ids";
import { useLiveFigures } from "../../app/live";
import { moment } from "../../i18n/format";
import { Button } from "../../parts/Button";
import { FigureGrid, Funnel, Live } from "../../parts/Figures";
import { FigureTable } from "../../parts/FigureTable";
import { Loaded, Page } from "../../parts/Page";
import { Notice } from "../../parts/Status";

const HEAD = [
  "companies_reached",
  "smes_reached",
  "seats_confirmed",
  "fill_rate_percent",
  "person_units",
  "needs_headcount",
];

/** What did the network achieve, and is it right? Live, each figure with its definition. */
export function NetworkReportPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const live = useLiveFigures(network);
  const name = useQuery(networks()).data?.find((one) => one.id === network)?.name;
  return (
    <Page
      title={name ? t("report.title", { name }) : t("nav.report")}
      lead={<Live on={live.live} at={live.data?.as_of.computed_at} />}
      action={<Button onPress={() => print()}>{t("report.print")}</Button>}
    >
      <Loaded of={live}>
        {(report) => (
          <>
            {report.as_of.events_missing > 0 && (
              <Notice tone="waiting" title={t("report.behind", { count: report.as_of.events_missing })}>
                <p>
                  {report.as_of.last_event_at &&
                    t("report.until", { when: moment(report.as_of.last_event_at) })}
                </p>
              </Notice>
            )}
            <FigureGrid figures={report.figures} keys={HEAD} />
            <section className="card stack" aria-labelledby="funnel">
              <h2 id="funnel">{t("funnel.title")}</h2>
              <Funnel figures={report.figures} />
            </section>
            <FigureTable figures={report.figures} title={t("report.all")} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
