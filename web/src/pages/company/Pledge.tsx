import { useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import type { Pool } from "../../api/types";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Stepper } from "../../parts/Field";
import { Failure } from "../../parts/Page";
import { Meter } from "../../parts/Seats";

/** How many seats the company pledges; the latest number counts, 0 takes it back. */
export function Pledge({ pool, organisation }: { pool: Pool; organisation: string }) {
  const { t } = useTranslation();
  const mine = pool.pledges.find((pledge) => pledge.organisation_id === organisation)?.seats ?? 0;
  const [seats, setSeats] = useState(mine);
  const command = useCommand({
    run: async (wanted: number, key) =>
      got(
        await courses.POST("/api/courses/v1/pools/{pool_id}/pledges", {
          params: { path: { pool_id: pool.id }, ...keyed(key) },
          body: { organisation_id: organisation, seats: wanted },
        }),
      ),
    touches: [["pools", pool.network_id]],
    done: (_, wanted) => say(t("pledge.done", { count: wanted })),
  });
  const fields = command.error instanceof Problem ? command.error.byField() : {};
  return (
    <div className="stack tight">
      {pool.pledged_seats === null ? (
        <p className="small muted">{t("pledge.withheld", { minimum: pool.minimum_seats })}</p>
      ) : (
        <>
          <Meter
            value={pool.pledged_seats}
            of={Math.max(pool.pledged_seats, pool.minimum_seats)}
            mark={pool.minimum_seats}
          />
          <p className="small">
            {t("board.pledged", { count: pool.pledged_seats, minimum: pool.minimum_seats })} ·{" "}
            {t("board.companies", { count: pool.pledging_companies ?? 0 })}
          </p>
        </>
      )}
      <Stepper label={t("pledge.seats")} value={seats} onChange={setSeats} min={0} error={fields.seats} />
      {command.error && !fields.seats && <Failure error={command.error} />}
      <div>
        <Button
          look="primary"
          full
          isDisabled={seats === mine || Number.isNaN(seats)}
          pending={command.isPending}
          onPress={() => command.mutate(seats)}
        >
          {seats === 0 && mine > 0 ? t("pledge.withdraw") : t("pledge.submit", { count: seats || 0 })}
        </Button>
      </div>
    </div>
  );
}
