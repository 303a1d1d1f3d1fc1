/** The planning form's content and what it becomes. Pure. */

import type { Session } from "../../api/types";
import { instant, isoDay } from "../../i18n/format";

export interface Plan {
  topic: string;
  units: number;
  first: string;
  count: number;
  from: string;
  until: string;
  ags: string;
  minimum: number;
  capacity: number;
  price: number;
  key: Session["cost_key"];
}

export const COST_KEYS = [
  "per_seat",
  "per_company",
  "fixed_plus_variable",
  "size_weighted",
  "contingent",
] as const;

export function blank(): Plan {
  return {
    topic: "",
    units: 0,
    first: isoDay(28),
    count: 1,
    from: "08:00",
    until: "15:00",
    ags: "",
    minimum: 6,
    capacity: 10,
    price: 0,
    key: "per_seat",
  };
}

/** Consecutive working days from the first on, Saturdays and Sundays left out. */
export function days(plan: Plan): { starts_at: string; ends_at: string }[] {
  const found: { starts_at: string; ends_at: string }[] = [];
  const next = new Date(`${plan.first}T00:00:00Z`);
  while (found.length < plan.count) {
    const weekday = next.getUTCDay();
    const date = next.toISOString().slice(0, 10);
    if (weekday !== 0 && weekday !== 6) {
      found.push({ starts_at: instant(date, plan.from), ends_at: instant(date, plan.until) });
    }
    next.setUTCDate(next.getUTCDate() + 1);
  }
  return found;
}

export type PlanErrors = Partial<
  Record<keyof Plan, "topic" | "date" | "times" | "count" | "range" | "price">
>;

export function check(plan: Plan): PlanErrors {
  const found: PlanErrors = {};
  if (!plan.topic) found.topic = "topic";
  if (!/^\d{4}-\d{2}-\d{2}$/.test(plan.first)) found.first = "date";
  if (!(plan.count >= 1 && plan.count <= 60)) found.count = "count";
  if (plan.until <= plan.from) found.until = "times";
  if (!(plan.capacity >= plan.minimum && plan.minimum >= 1)) found.capacity = "range";
  if (!(plan.price >= 0)) found.price = "price";
  return found;
}
