/** Calls for offers: what a manager and what an invited provider reads. */

import { queryOptions } from "@tanstack/react-query";
import { all, courses, got } from "./client";

const page = (cursor: string | undefined) => ({ limit: 200, ...(cursor ? { cursor } : {}) });

export const calls = (network: string) =>
  queryOptions({
    queryKey: ["calls", network],
    queryFn: () =>
      all((cursor) =>
        courses.GET("/api/courses/v1/calls", { params: { query: { ...page(cursor), network_id: network } } }),
      ),
  });

export const call = (id: string) =>
  queryOptions({
    queryKey: ["call", id],
    queryFn: async () =>
      got(await courses.GET("/api/courses/v1/calls/{call_id}", { params: { path: { call_id: id } } })),
    refetchInterval: 20_000,
  });

export const invitations = () =>
  queryOptions({
    queryKey: ["invitations"],
    queryFn: () =>
      all((cursor) => courses.GET("/api/courses/v1/invitations", { params: { query: page(cursor) } })),
  });

export const invitation = (id: string, provider: string) =>
  queryOptions({
    queryKey: ["invitation", id, provider],
    queryFn: async () =>
      got(
        await courses.GET("/api/courses/v1/invitations/{call_id}", {
          params: { path: { call_id: id }, query: { provider_id: provider } },
        }),
      ),
  });
