/** A network's webhooks and what became of their messages. */

import { queryOptions } from "@tanstack/react-query";
import { all, got, notifications } from "./client";

const page = (cursor: string | undefined) => ({ limit: 100, ...(cursor ? { cursor } : {}) });

export const webhooks = (network: string) =>
  queryOptions({
    queryKey: ["webhooks", network],
    queryFn: () =>
      all((cursor) =>
        notifications.GET("/api/notifications/v1/networks/{network_id}/webhooks", {
          params: { path: { network_id: network }, query: page(cursor) },
        }),
      ),
  });

export const messages = (network: string, webhook: string) =>
  queryOptions({
    queryKey: ["messages", webhook],
    queryFn: async () =>
      got(
        await notifications.GET(
          "/api/notifications/v1/networks/{network_id}/webhooks/{network_webhook_id}/deliveries",
          { params: { path: { network_id: network, network_webhook_id: webhook }, query: page(undefined) } },
        ),
      ).items,
    refetchInterval: 5_000,
  });

export const eventTypes = () =>
  queryOptions({
    queryKey: ["event-types"],
    queryFn: async () => got(await notifications.GET("/api/notifications/v1/webhook-event-types")),
    staleTime: Number.POSITIVE_INFINITY,
  });
