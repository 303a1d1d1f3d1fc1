/** The need form's content, its checks by step, and what is sent. Pure. */

import type { CourseFormat, Need } from "../../api/types";
import { isoDay } from "../../i18n/format";

export interface NeedForm {
  topic: string;
  heads: number;
  from: string;
  to: string;
  format: CourseFormat;
  ags: string;
  step: number;
}

export const FORMATS = ["any", "on_site", "online", "blended"] as const;
export const STEPS = 4;

export function blank(): NeedForm {
  return { topic: "", heads: 1, from: isoDay(14), to: isoDay(180), format: "any", ags: "", step: 1 };
}

export type NeedField = "topic" | "heads" | "from" | "to";

/** What is missing in a step; the last one has all of it. */
export function check(form: NeedForm, step: number): NeedField[] {
  const found: NeedField[] = [];
  const last = step === STEPS;
  if ((step === 1 || last) && !form.topic) found.push("topic");
  if ((step === 2 || last) && !(Number.isInteger(form.heads) && form.heads >= 1 && form.heads <= 99)) {
    found.push("heads");
  }
  if (step === 3 || last) {
    if (!form.from) found.push("from");
    if (!form.to || form.to < form.from) found.push("to");
  }
  return found;
}

/** Where a field of the service stands: its step and its name here. */
export const PLACES: Record<string, { field: NeedField | "ags"; step: number }> = {
  topic_code: { field: "topic", step: 1 },
  headcount: { field: "heads", step: 2 },
  window_from: { field: "from", step: 3 },
  window_to: { field: "to", step: 3 },
  ags: { field: "ags", step: 3 },
};

export function body(form: NeedForm, network: string, organisation: string) {
  return {
    network_id: network,
    organisation_id: organisation,
    topic_code: form.topic,
    headcount: form.heads,
    window_from: form.from,
    window_to: form.to,
    format: form.format satisfies Need["format"],
    ...(form.ags ? { ags: form.ags } : {}),
  };
}
