import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { deliveries, memberships, pools, sessions } from "../../api/queries";
import { useIds } from "../../app/ids";
import { useLiveFigures } from "../../app/live";
import { moment, shortDay } from "../../i18n/format";
import { LinkButton } from "../../parts/Button";
import { FigureGrid, Live } from "../../parts/Figures";
import { Empty, Loaded, Page } from "../../parts/Page";
import { Status, type Tone } from "../../parts/Status";
import { useTopics } from "../../parts/terms";
import { type Decision, type DecisionKind, decisions } from "./decisions";

const TONES: Record<DecisionKind, Tone> = {
  application: "info",
  pool: "done",
  open: "waiting",
  minimum: "stop",
  delivery: "stop",
};
const WEEK = [
  "needs_posted",
  "needs_pooled",
  "seats_confirmed",
  "fill_rate_percent",
  "seats_waitlisted",
  "smes_reached",
];

/** The manager's landing page: what needs a decision from me? */
export function TodayPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const live = useLiveFigures(network);
  const members = useQuery(memberships(network));
  const pooled = useQuery(pools(network));
  const planned = useQuery(sessions(network));
  const mails = useQuery(deliveries(network));
  const parts = [members, pooled, planned, mails];
  const ready = parts.every((part) => part.data !== undefined);
  const error = parts.find((part) => part.error && part.data === undefined)?.error ?? null;
  const found = ready
    ? decisions(
        {
          network,
          memberships: members.data ?? [],
          pools: pooled.data ?? [],
          sessions: planned.data ?? [],
          deliveries: mails.data ?? [],
        },
        Date.now(),
      )
    : undefined;
  const next = planned.data
    ?.map((session) => session.days[0]?.starts_at ?? "")
    .filter((starts) => Date.parse(starts) > Date.now())
    .sort()[0];
  return (
    <Page
      title={found ? t("today.title", { count: found.length }) : t("nav.today")}
      lead={<Live on={live.live} at={live.data?.as_of.computed_at} />}
    >
      <Loaded of={{ data: found, error, refetch: () => parts.map((part) => part.refetch()) }}>
        {(list) =>
          list.length === 0 ? (
            <div className="card">
              <Empty title={t("today.empty")}>
                {next ? t("today.next", { when: shortDay(next) }) : t("today.no_next")}
              </Empty>
            </div>
          ) : (
            <ul className="card flush list" role="list">
              {list.map((one) => (
                <Row key={`${one.kind}${one.id}`} decision={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <section className="stack" aria-labelledby="figures">
        <h2 id="figures">{t("today.figures")}</h2>
        <Loaded of={live} rows={2}>
          {(report) => <FigureGrid figures={report.figures} keys={WEEK} />}
        </Loaded>
      </section>
    </Page>
  );
}

function Row({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const topics = useTopics();
  const { kind, count, due, subject } = decision;
  const name =
    kind === "application" ? subject : kind === "delivery" ? t("today.mails") : topics.title(subject);
  return (
    <li className="decision">
      <span className="small muted">
        {due === null ? t("today.no_deadline") : t("today.until", { when: moment(new Date(due)) })}
      </span>
      <div>
        <bdi className="strong">{name}</bdi>
        <div className="small muted">{t(`today.fact_${kind}` as const, { count })}</div>
      </div>
      <div>
        <Status tone={TONES[kind]}>{t(`today.state_${kind}` as const)}</Status>
      </div>
      <LinkButton to={decision.to} look={kind === "minimum" ? "primary" : "plain"} full>
        {t(`today.act_${kind}` as const)}
        <span className="visually-hidden">: {name}</span>
      </LinkButton>
    </li>
  );
}
