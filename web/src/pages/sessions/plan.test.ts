import { expect, test } from "vitest";
import { blank, check, days } from "./plan";

const plan = { ...blank(), topic: "emob-hv2e", price: 100 };

test("days skip the weekend and carry the offset of their own date", () => {
  // 26 March 2027 is a Friday; summer time begins on the Sunday after it.
  const found = days({ ...plan, first: "2027-03-26", count: 2, from: "08:00", until: "15:00" });
  expect(found.map((day) => day.starts_at)).toEqual([
    "2027-03-26T08:00:00+01:00",
    "2027-03-29T08:00:00+02:00",
  ]);
});

test("a complete plan has no errors", () => {
  expect(check(plan)).toEqual({});
});

test("errors name the field", () => {
  const wrong = { ...plan, topic: "", until: "07:00", capacity: 3, price: Number.NaN };
  expect(check(wrong)).toEqual({ topic: "topic", until: "times", capacity: "range", price: "price" });
});
