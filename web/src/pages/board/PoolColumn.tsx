import { GridList, GridListItem } from "react-aria-components/GridList";
import { useDragAndDrop } from "react-aria-components/useDragAndDrop";
import { useTranslation } from "react-i18next";
import type { Need, Pool } from "../../api/types";
import { LinkButton } from "../../parts/Button";
import { Meter } from "../../parts/Seats";
import { State } from "../../parts/terms";
import { needType } from "./OpenNeeds";

/** One pool: pledges against the minimum, the needs inside, and what comes next. */
export function PoolColumn({
  pool,
  number,
  needs,
  title,
  label,
  drop,
}: {
  pool: Pool;
  /** Two pools may have one topic: the number tells them apart. */
  number: number;
  needs: Need[];
  title: string;
  label: (need: Need) => string;
  drop: (needId: string) => void;
}) {
  const { t } = useTranslation();
  const type = needType(pool.topic_code);
  const taken = async (items: readonly { kind: string; getText?: (type: string) => Promise<string> }[]) => {
    for (const item of items) if (item.getText) drop(await item.getText(type));
  };
  const { dragAndDropHooks } = useDragAndDrop({
    acceptedDragTypes: pool.state === "planned" ? [] : [type],
    getDropOperation: (_target, types) => (types.has(type) ? "move" : "cancel"),
    onRootDrop: (event) => void taken(event.items as never),
    onInsert: (event) => void taken(event.items as never),
  });
  const pledged = pool.pledged_seats ?? 0;
  return (
    <section className="card stack tight" aria-label={t("board.pool_name", { number, topic: title })}>
      <div className="row spread">
        <h2 className="grow">{title}</h2>
        <State kind="pool" of={pool.state} />
      </div>
      <Meter value={pledged} of={Math.max(pledged, pool.minimum_seats, 1)} mark={pool.minimum_seats} />
      <span className="small">
        {t("board.pledged", { count: pledged, minimum: pool.minimum_seats })}
        {" · "}
        {t("board.companies", { count: pool.pledging_companies ?? 0 })}
      </span>
      <GridList
        aria-label={t("board.pool_list", { topic: title })}
        className="board-drop"
        items={needs}
        dependencies={[needs.map(label).join()]}
        dragAndDropHooks={dragAndDropHooks}
        renderEmptyState={() => <p className="small muted">{t("board.drop_here")}</p>}
      >
        {(need) => (
          <GridListItem id={need.id} className="need-card" textValue={label(need)}>
            <span />
            <span className="wrap">
              <bdi>{label(need)}</bdi>
            </span>
            <span className="small nowrap">{t("board.heads", { count: need.headcount })}</span>
          </GridListItem>
        )}
      </GridList>
      {(pool.state === "viable" || pool.state === "awarded") && !pool.session_id && (
        <LinkButton to={`/n/${pool.network_id}/sessions/new?pool=${pool.id}`} look="primary" full>
          {t("board.plan")}
        </LinkButton>
      )}
      {pool.state === "viable" && (
        <LinkButton to={`/n/${pool.network_id}/calls/new?pool=${pool.id}`} full>
          {t("calls.new")}
        </LinkButton>
      )}
      {pool.session_id && (
        <LinkButton to={`/n/${pool.network_id}/sessions/${pool.session_id}`} full>
          {t("board.see_session")}
        </LinkButton>
      )}
    </section>
  );
}
