/** What pages read: one entry per thing, with the key under which it is cached. */

import { queryOptions, skipToken } from "@tanstack/react-query";
import { all, courses, got, membership, notifications, reporting } from "./client";

const FOREVER = Number.POSITIVE_INFINITY;
const page = { limit: 200 };

export const me = () =>
  queryOptions({
    queryKey: ["me"],
    queryFn: async () => got(await membership.GET("/api/membership/v1/me")),
    staleTime: FOREVER,
  });

export const topics = () =>
  queryOptions({
    queryKey: ["topics"],
    queryFn: async () => got(await courses.GET("/api/courses/v1/topics")),
    staleTime: FOREVER,
  });

export const networks = () =>
  queryOptions({
    queryKey: ["networks"],
    queryFn: () =>
      all((cursor) =>
        membership.GET("/api/membership/v1/networks", { params: { query: { ...page, ...at(cursor) } } }),
      ),
    staleTime: 300_000,
  });

export const organisations = (network?: string) =>
  queryOptions({
    queryKey: ["organisations", network ?? "mine"],
    queryFn: () =>
      all((cursor) =>
        membership.GET("/api/membership/v1/organisations", {
          params: { query: { ...page, ...at(cursor), ...(network ? { network_id: network } : {}) } },
        }),
      ),
    staleTime: 60_000,
  });

export const memberships = (network: string) =>
  queryOptions({
    queryKey: ["memberships", network],
    queryFn: () =>
      all((cursor) =>
        membership.GET("/api/membership/v1/networks/{network_id}/memberships", {
          params: { path: { network_id: network }, query: { ...page, ...at(cursor) } },
        }),
      ),
  });

export const people = (organisation: string | undefined) =>
  queryOptions({
    queryKey: ["people", organisation],
    queryFn: organisation
      ? () =>
          all((cursor) =>
            membership.GET("/api/membership/v1/organisations/{organisation_id}/people", {
              params: { path: { organisation_id: organisation }, query: { ...page, ...at(cursor) } },
            }),
          )
      : skipToken,
    staleTime: 30_000,
  });

export const needs = (network: string) =>
  queryOptions({
    queryKey: ["needs", network],
    queryFn: () =>
      all((cursor) =>
        courses.GET("/api/courses/v1/needs", {
          params: { query: { ...page, network_id: network, ...at(cursor) } },
        }),
      ),
  });

export const demand = (network: string) =>
  queryOptions({
    queryKey: ["demand", network],
    queryFn: async () =>
      got(await courses.GET("/api/courses/v1/needs/demand", { params: { query: { network_id: network } } })),
    staleTime: 60_000,
  });

export const pools = (network: string) =>
  queryOptions({
    queryKey: ["pools", network],
    queryFn: () =>
      all((cursor) =>
        courses.GET("/api/courses/v1/pools", {
          params: { query: { ...page, network_id: network, ...at(cursor) } },
        }),
      ),
  });

export const sessions = (network: string) =>
  queryOptions({
    queryKey: ["sessions", network],
    queryFn: () =>
      all((cursor) =>
        courses.GET("/api/courses/v1/sessions", {
          params: { query: { ...page, network_id: network, ...at(cursor) } },
        }),
      ),
  });

export const session = (id: string) =>
  queryOptions({
    queryKey: ["session", id],
    queryFn: async () =>
      got(
        await courses.GET("/api/courses/v1/sessions/{session_id}", { params: { path: { session_id: id } } }),
      ),
    refetchInterval: 10_000,
  });

export const bookings = (sessionId: string, refetchInterval: number | false = 10_000) =>
  queryOptions({
    queryKey: ["bookings", sessionId],
    queryFn: () =>
      all((cursor) =>
        courses.GET("/api/courses/v1/sessions/{session_id}/bookings", {
          params: { path: { session_id: sessionId }, query: { ...page, ...at(cursor) } },
        }),
      ),
    refetchInterval,
  });

export const seatOffers = (sessionId: string) =>
  queryOptions({
    queryKey: ["seat-offers", sessionId],
    queryFn: async () =>
      got(
        await courses.GET("/api/courses/v1/sessions/{session_id}/seat-offers", {
          params: { path: { session_id: sessionId } },
        }),
      ),
    refetchInterval: 15_000,
  });

export const inbox = () =>
  queryOptions({
    queryKey: ["inbox"],
    queryFn: () =>
      all((cursor) =>
        notifications.GET("/api/notifications/v1/inbox", { params: { query: { ...page, ...at(cursor) } } }),
      ),
    refetchInterval: 20_000,
  });

export const unread = () =>
  queryOptions({
    queryKey: ["unread"],
    queryFn: async () => got(await notifications.GET("/api/notifications/v1/inbox/unread-count")).unread,
    refetchInterval: 20_000,
  });

export const deliveries = (network: string) =>
  queryOptions({
    queryKey: ["deliveries", network],
    queryFn: () =>
      all((cursor) =>
        notifications.GET("/api/notifications/v1/deliveries", {
          params: { query: { ...page, network_id: network, ...at(cursor) } },
        }),
      ),
    refetchInterval: 15_000,
  });

export const figures = (network: string) =>
  queryOptions({
    queryKey: ["figures", network],
    queryFn: async () =>
      got(
        await reporting.GET("/api/reporting/v1/networks/{network_id}/figures", {
          params: { path: { network_id: network } },
        }),
      ),
  });

export const overview = () =>
  queryOptions({
    queryKey: ["overview"],
    queryFn: async () => got(await reporting.GET("/api/reporting/v1/figures")),
    refetchInterval: 30_000,
  });

function at(cursor: string | undefined): { cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}
