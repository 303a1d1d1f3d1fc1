import { IconDotsVertical, IconGripVertical } from "@tabler/icons-react";
import { Button as Handle } from "react-aria-components/Button";
import { GridList, GridListItem } from "react-aria-components/GridList";
import { useDragAndDrop } from "react-aria-components/useDragAndDrop";
import { useTranslation } from "react-i18next";
import type { Need, Pool } from "../../api/types";
import { plainDay } from "../../i18n/format";
import { Button } from "../../parts/Button";
import { MenuButton } from "../../parts/Menus";
import { Empty } from "../../parts/Page";

/** The type of what is dragged: a need goes only into a pool of its own topic. */
export const needType = (topic: string) => `application/x-verbundwerk-need.${topic}`;

/** Needs that are in no pool yet. */
export function OpenNeeds({
  needs,
  pools,
  title,
  label,
  move,
  start,
}: {
  needs: Need[];
  pools: Pool[];
  title: (code: string) => string;
  label: (need: Need) => string;
  move: (need: Need, pool: Pool) => void;
  start: (need: Need) => void;
}) {
  const { t } = useTranslation();
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) =>
      needs
        .filter((need) => keys.has(need.id))
        .map((need) => ({ [needType(need.topic_code)]: need.id, "text/plain": title(need.topic_code) })),
    getAllowedDropOperations: () => ["move"],
  });
  return (
    <GridList
      aria-label={t("board.open_list")}
      items={needs}
      // The list keeps what it drew for a need until one of these changes; by value, so that a live update in the
      // middle of a drag draws nothing anew.
      dependencies={[pools.map((pool) => pool.id + pool.state).join(), needs.map(label).join()]}
      dragAndDropHooks={dragAndDropHooks}
      keyboardNavigationBehavior="tab"
      renderEmptyState={() => <Empty title={t("board.none_open")}>{t("board.none_open_why")}</Empty>}
    >
      {(need) => (
        <GridListItem
          id={need.id}
          className="need-card"
          textValue={`${title(need.topic_code)}, ${label(need)}, ${t("board.heads", { count: need.headcount })}`}
        >
          <Handle slot="drag" className="button quiet icon" aria-label={t("board.drag")}>
            <IconGripVertical size={20} aria-hidden="true" />
          </Handle>
          <div className="wrap">
            <span className="strong">{title(need.topic_code)}</span>
            <div className="small muted">
              <bdi>{label(need)}</bdi> · {t("board.heads", { count: need.headcount })}
            </div>
            <div className="small muted">{t("board.until", { when: plainDay(need.window_to) })}</div>
          </div>
          <MenuButton
            sections={[
              {
                title: t("board.move_to"),
                items: [
                  ...pools
                    .filter((pool) => pool.topic_code === need.topic_code && pool.state !== "planned")
                    .map((pool, number) => ({
                      id: pool.id,
                      text: t("board.pool_name", { number: number + 1, topic: title(pool.topic_code) }),
                      act: () => move(need, pool),
                    })),
                  { id: "new", text: t("board.into_new"), act: () => start(need) },
                ],
              },
            ]}
          >
            <Button look="icon" aria-label={t("board.move_need", { topic: title(need.topic_code) })}>
              <IconDotsVertical size={20} aria-hidden="true" />
            </Button>
          </MenuButton>
        </GridListItem>
      )}
    </GridList>
  );
}
