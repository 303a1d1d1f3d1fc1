import { expect, test } from "vitest";
import type { Delivery, Membership, Pool, Session } from "../../api/types";
import { decisions, type Seen } from "./decisions";

const NOW = Date.parse("2026-11-24T08:00:00Z");
const nothing: Seen = { network: "n", memberships: [], pools: [], sessions: [], deliveries: [] };
const session = (id: string, state: string, startsInDays: number, confirmed: number) =>
  ({
    id,
    state,
    topic_code: "t",
    minimum_seats: 6,
    capacity: 10,
    days: [{ starts_at: new Date(NOW + startsInDays * 86_400_000).toISOString() }],
    seats: { confirmed, waitlisted: 0, free: 10 - confirmed },
  }) as unknown as Session;

test("nothing waits when nothing happened", () => {
  expect(decisions(nothing, NOW)).toEqual([]);
});

test("the earliest deadline comes first and what has none last", () => {
  const found = decisions(
    {
      ...nothing,
      memberships: [{ id: "m", status: "applied", organisation_name: "A" } as unknown as Membership],
      pools: [
        { id: "p", state: "viable", session_id: null, topic_code: "t", pledged_seats: 7 } as unknown as Pool,
      ],
      sessions: [session("later", "open", 20, 2), session("soon", "draft", 3, 0)],
      deliveries: [{ id: "d", state: "bounced" } as unknown as Delivery],
    },
    NOW,
  );
  expect(found.map((one) => one.kind)).toEqual(["open", "minimum", "application", "pool", "delivery"]);
});

test("a session is left alone when it has enough, is far away or is over", () => {
  const sessions = [session("a", "open", 5, 6), session("b", "open", 90, 0), session("c", "open", -1, 0)];
  expect(decisions({ ...nothing, sessions }, NOW)).toEqual([]);
});
