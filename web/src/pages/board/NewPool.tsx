import { useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import { needs as needsQuery, pools } from "../../api/queries";
import type { Need } from "../../api/types";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Stepper } from "../../parts/Field";
import { Failure } from "../../parts/Page";
import { TopicField } from "../../parts/TopicField";
import { useTopics } from "../../parts/terms";

/** Opens a pool, with a need that is to go into it or empty. */
export function NewPool({ network, needs, close }: { network: string; needs: Need[]; close: () => void }) {
  const { t } = useTranslation();
  const topics = useTopics();
  const [topic, setTopic] = useState(needs[0]?.topic_code ?? "");
  const [minimum, setMinimum] = useState(6);
  const command = useCommand({
    run: async (
      body: { network_id: string; topic_code: string; minimum_seats: number; need_ids: string[] },
      key,
    ) => got(await courses.POST("/api/courses/v1/pools", { params: keyed(key), body })),
    touches: [needsQuery(network).queryKey, pools(network).queryKey],
    done: () => {
      say(t("board.opened"));
      close();
    },
  });
  const errors = command.error instanceof Problem ? command.error.byField() : {};
  return (
    <Dialog title={t("board.new")} open onClose={close}>
      {command.error && Object.keys(errors).length === 0 && <Failure error={command.error} />}
      {needs.length > 0 ? (
        <p className="strong">{topics.title(topic)}</p>
      ) : (
        <TopicField value={topic} onChange={setTopic} error={errors.topic_code} />
      )}
      <Stepper
        label={t("board.minimum")}
        hint={t("board.minimum_hint")}
        value={minimum}
        onChange={setMinimum}
        error={errors.minimum_seats}
      />
      <div className="row">
        <Button
          look="primary"
          full
          isDisabled={!topic}
          pending={command.isPending}
          onPress={() =>
            command.mutate({
              network_id: network,
              topic_code: topic,
              minimum_seats: minimum,
              need_ids: needs.map((need) => need.id),
            })
          }
        >
          {t("board.create")}
        </Button>
        <Button look="quiet" full onPress={close}>
          {t("common.cancel")}
        </Button>
      </div>
    </Dialog>
  );
}
