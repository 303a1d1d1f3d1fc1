import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deliveries } from "../../api/queries";
import type { Delivery } from "../../api/types";
import { useIds } from "../../app/ids";
import { moment } from "../../i18n/format";
import { word } from "../../i18n/word";
import { SelectField } from "../../parts/Field";
import { Empty, Loaded, Page } from "../../parts/Page";
import { State, useCompanyNames } from "../../parts/terms";

const STATES = ["queued", "failed", "sent", "bounced", "undeliverable", "parked"] as const;
const PROBLEM = new Set(["failed", "bounced", "undeliverable", "parked"]);

/** Did the message go out? */
export function DeliveriesPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const { state = "" } = useSearch({ strict: false }) as { state?: string };
  const navigate = useNavigate();
  const company = useCompanyNames(network);
  return (
    <Page title={t("nav.deliveries")} lead={t("delivery.lead")}>
      <div className="grid">
        <SelectField
          label={t("delivery.state")}
          value={state}
          onChange={(event) => navigate({ to: ".", search: { state: event.target.value }, replace: true })}
        >
          <option value="">{t("common.all")}</option>
          <option value="problem">{t("delivery.problem")}</option>
          {STATES.map((one) => (
            <option key={one} value={one}>
              {word("state.delivery", one)}
            </option>
          ))}
        </SelectField>
      </div>
      <Loaded of={useQuery(deliveries(network))}>
        {(list) => {
          const shown = list.filter(
            (one) => !state || one.state === state || (state === "problem" && PROBLEM.has(one.state)),
          );
          if (shown.length > 0) return <Table deliveries={shown} company={company} />;
          const last = list.find((one) => one.settled_at)?.settled_at;
          return (
            <div className="card">
              <Empty title={t("delivery.empty")}>
                {last ? t("delivery.last", { when: moment(last) }) : t("delivery.none")}
              </Empty>
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Table({
  deliveries: rows,
  company,
}: {
  deliveries: Delivery[];
  company: (id: string | null) => string;
}) {
  const { t } = useTranslation();
  return (
    <div className="card flush table-wrap">
      <table className="cards">
        <thead>
          <tr>
            <th scope="col">{t("delivery.when")}</th>
            <th scope="col">{t("delivery.message")}</th>
            <th scope="col">{t("delivery.company")}</th>
            <th scope="col">{t("delivery.tries")}</th>
            <th scope="col">{t("delivery.state")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.id}>
              <td data-label={t("delivery.when")} className="nowrap">
                {moment(one.created_at)}
              </td>
              <td data-label={t("delivery.message")}>{word("template", one.template)}</td>
              <td data-label={t("delivery.company")}>
                <bdi>{company(one.organisation_id ?? "") || "–"}</bdi>
              </td>
              <td data-label={t("delivery.tries")}>
                {one.tries}
                {one.error && <span className="muted"> · {t("delivery.answer", { code: one.error })}</span>}
                {one.next_try_at && (
                  <span className="muted"> · {t("delivery.next", { when: moment(one.next_try_at) })}</span>
                )}
              </td>
              <td>
                <State kind="delivery" of={one.state} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
