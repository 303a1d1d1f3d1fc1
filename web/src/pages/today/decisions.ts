/** What waits for the manager's decision, from the states of things. Pure. */

import type { Delivery, Membership, Pool, Session } from "../../api/types";

export type DecisionKind = "application" | "pool" | "open" | "minimum" | "delivery";

export interface Decision {
  id: string;
  kind: DecisionKind;
  /** By when, in milliseconds since 1970; null without a deadline. */
  due: number | null;
  subject: string;
  count: number;
  to: string;
}

const DAY_MS = 86_400_000;
/** A session below its minimum is shown from here on: providers bind themselves two to three weeks ahead. */
const WATCH_DAYS = 28;

export interface Seen {
  network: string;
  memberships: readonly Membership[];
  pools: readonly Pool[];
  sessions: readonly Session[];
  deliveries: readonly Delivery[];
}

/** Sorted: what is due first comes first, what has no deadline last. */
export function decisions(seen: Seen, now: number): Decision[] {
  const at = `/n/${seen.network}`;
  const found: Decision[] = [];
  for (const one of seen.memberships) {
    if (one.status !== "applied") continue;
    const subject = one.organisation_name ?? "";
    found.push({
      id: one.id,
      kind: "application",
      due: null,
      subject,
      count: 1,
      to: `${at}/companies?status=applied`,
    });
  }
  for (const pool of seen.pools) {
    if (pool.state !== "viable" || pool.session_id) continue;
    const to = `${at}/sessions/new?pool=${pool.id}`;
    found.push({
      id: pool.id,
      kind: "pool",
      due: null,
      subject: pool.topic_code,
      count: pool.pledged_seats ?? 0,
      to,
    });
  }
  for (const session of seen.sessions) {
    const starts = Date.parse(session.days[0]?.starts_at ?? "");
    const base = {
      id: session.id,
      subject: session.topic_code,
      due: starts,
      to: `${at}/sessions/${session.id}`,
    };
    if (starts < now) continue;
    if (session.state === "draft") found.push({ ...base, kind: "open", count: session.capacity });
    const missing = session.minimum_seats - session.seats.confirmed;
    if (session.state === "open" && missing > 0 && starts - now < WATCH_DAYS * DAY_MS) {
      found.push({ ...base, kind: "minimum", count: missing });
    }
  }
  const lost = seen.deliveries.filter((one) => ["bounced", "undeliverable", "parked"].includes(one.state));
  if (lost.length > 0) {
    const to = `${at}/deliveries?state=problem`;
    found.push({ id: "deliveries", kind: "delivery", due: null, subject: "", count: lost.length, to });
  }
  return found.sort((a, b) => (a.due ?? Number.POSITIVE_INFINITY) - (b.due ?? Number.POSITIVE_INFINITY));
}
