import { expect, test } from "vitest";
import type { InboxEntry } from "../../api/types";
import { coursesOf } from "./mine";

const told = (session_id: string, template: string) =>
  ({ session_id, template, network_id: "n" }) as InboxEntry;

test("the newest message of a session decides, messages to the company do not count", () => {
  const found = coursesOf([
    told("a", "promoted_participant"),
    told("a", "waitlisted_participant"),
    told("b", "cancelled_participant"),
    told("c", "booked_hr"),
  ]);
  expect(found.map(({ session, status }) => [session, status])).toEqual([
    ["a", "confirmed"],
    ["b", "cancelled"],
  ]);
});
