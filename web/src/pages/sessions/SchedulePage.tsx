import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { pools } from "../../api/queries";
import { useIds } from "../../app/ids";
import { useDraft } from "../../offline/drafts";
import { Loaded, Page } from "../../parts/Page";
import { Notice } from "../../parts/Status";
import { useTopics } from "../../parts/terms";
import { PlanForm } from "./PlanForm";
import { blank, days, type Plan } from "./plan";

/** Plans a session, from a viable pool or freely; opening for bookings is a second, separate step. */
export function SchedulePage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const { pool: poolId } = useSearch({ strict: false }) as { pool?: string };
  const asked = useQuery(pools(network));
  return (
    <Page title={t("session.schedule")} lead={t("session.schedule_lead")}>
      <Loaded of={asked}>
        {(list) => <Scheduling network={network} pool={list.find((one) => one.id === poolId)} />}
      </Loaded>
    </Page>
  );
}

function Scheduling({
  network,
  pool,
}: {
  network: string;
  pool: { id: string; topic_code: string; minimum_seats: number; pledged_seats: number | null } | undefined;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const topics = useTopics();
  const units = topics.list.find((topic) => topic.code === pool?.topic_code)?.typical_units;
  const [plan, setPlan, discard] = useDraft<Plan>(`session/${network}/${pool?.id ?? "free"}`, {
    ...blank(),
    ...(pool ? { topic: pool.topic_code, minimum: pool.minimum_seats } : {}),
  });
  const [tried, setTried] = useState(false);
  const command = useCommand({
    run: async (wanted: Plan, key) => {
      const course = got(
        await courses.POST("/api/courses/v1/courses", {
          params: keyed(`${key}/course`),
          body: { network_id: network, topic_code: wanted.topic, teaching_units: wanted.units || units || 8 },
        }),
      );
      return got(
        await courses.POST("/api/courses/v1/sessions", {
          params: keyed(`${key}/session`),
          body: {
            course_id: course.id,
            ...(pool ? { pool_id: pool.id } : {}),
            days: days(wanted),
            time_zone: "Europe/Berlin",
            ...(wanted.ags ? { venue_ags: wanted.ags } : {}),
            minimum_seats: wanted.minimum,
            capacity: wanted.capacity,
            price_cents: Math.round(wanted.price * 100),
            cost_key: wanted.key,
          },
        }),
      );
    },
    touches: [
      ["sessions", network],
      ["pools", network],
    ],
    done: (session) => {
      discard();
      void navigate({ to: `/n/${network}/sessions/${session.id}` });
    },
  });
  return (
    <div className="split">
      <PlanForm
        plan={{ ...plan, units: plan.units || units || 8 }}
        fixedTopic={pool !== undefined}
        change={setPlan}
        tried={tried}
        error={command.error}
        pending={command.isPending}
        submit={(valid, wanted) => {
          setTried(true);
          if (valid) command.mutate(wanted);
        }}
      />
      {pool && (
        <Notice tone="info" title={t("session.from_pool")}>
          <p>{topics.title(pool.topic_code)}</p>
          <p>{t("session.pool_facts", { pledged: pool.pledged_seats ?? 0, minimum: pool.minimum_seats })}</p>
        </Notice>
      )}
    </div>
  );
}
