/** Moving a need into a pool: shown at once, taken back with the reason when the service refuses. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import i18n from "i18next";
import { courses, got } from "../../api/client";
import { keyed } from "../../api/commands";
import { needs, pools } from "../../api/queries";
import type { Need, Pool } from "../../api/types";
import { say } from "../../parts/Announcer";

export function usePooling(network: string) {
  const client = useQueryClient();
  const key = needs(network).queryKey;
  const moved = useMutation({
    mutationFn: async ({ need, pool, key }: { need: Need; pool: Pool; key: string }) =>
      got(
        await courses.POST("/api/courses/v1/pools/{pool_id}/needs", {
          params: { path: { pool_id: pool.id }, ...keyed(key) },
          body: { need_id: need.id },
        }),
      ),
    onMutate: async ({ need, pool }) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData(key);
      client.setQueryData(key, (list) =>
        list?.map((one) =>
          one.id === need.id ? { ...one, state: "pooled" as const, pool_id: pool.id } : one,
        ),
      );
      return before;
    },
    onError: (_error, _input, before) => client.setQueryData(key, before),
    onSuccess: () => say(i18n.t("board.moved")),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: key }),
        client.invalidateQueries({ queryKey: pools(network).queryKey }),
      ]),
  });
  return {
    error: moved.error,
    move: (need: Need, pool: Pool) => moved.mutate({ need, pool, key: crypto.randomUUID() }),
  };
}
