import { expect, test } from "vitest";
import type { Invitation } from "../../api/types";
import { body, missing, start, sum } from "./offer";

const invitation = {
  provider_id: "p",
  specification: {
    earliest: "2027-02-01",
    teaching_units: 20,
    minimum_seats: 6,
    maximum_seats: 10,
    ags: ["08117"],
  },
} as unknown as Invitation;
const form = { ...start(invitation), fixed: 1800, perSeat: 410.05, venue: "Halle 2" };

test("the sum is fixed plus seats in whole cents", () => {
  expect(sum(form, 6)).toBe(180_000 + 6 * 41_005);
});

test("what is missing is named", () => {
  expect(missing(start(invitation))).toEqual(["fixed", "perSeat", "venue"]);
  expect(missing(form)).toEqual([]);
});

test("an offer keeps to what was asked and needs three days for twenty units", () => {
  const sent = body(form, invitation);
  expect(sent.options[0]?.days).toHaveLength(3);
  expect([sent.minimum_seats, sent.maximum_seats, sent.teaching_units]).toEqual([6, 10, 20]);
  expect(sent.venues).toEqual([{ kind: "provider", label: "Halle 2", ags: "08117" }]);
  expect(sent).not.toHaveProperty("azav_certified_until");
});
