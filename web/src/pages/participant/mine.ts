/** A participant's courses, read from what the system told the person. Pure. */

import type { InboxEntry } from "../../api/types";

export interface Course {
  session: string;
  network: string;
  status: "confirmed" | "waitlisted" | "cancelled" | "told";
  latest: InboxEntry;
}

const STATUS: Record<string, Course["status"]> = {
  booked: "confirmed",
  promoted: "confirmed",
  substituted: "confirmed",
  waitlisted: "waitlisted",
  cancelled: "cancelled",
  session_cancelled: "cancelled",
  // A reminder or new dates come to those who have a seat.
  reminder: "confirmed",
  rescheduled: "confirmed",
};

/** One entry per session, by its newest message; the messages come newest first. */
export function coursesOf(entries: readonly InboxEntry[]): Course[] {
  const found = new Map<string, Course>();
  for (const entry of entries) {
    const { session_id: session, network_id: network } = entry;
    if (!session || !network || !entry.template.endsWith("_participant") || found.has(session)) continue;
    const what = entry.template.replace(/_participant$/, "");
    const status = STATUS[what] ?? "told";
    found.set(session, { session, network, status, latest: entry });
  }
  return [...found.values()];
}
