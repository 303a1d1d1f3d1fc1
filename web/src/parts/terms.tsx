/** The words of the domain: titles of topics, names of companies and districts, states with their tone. */

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import districts from "../api/generated/districts.json";
import { organisations, topics } from "../api/queries";
import type { Booking, Topic } from "../api/types";
import { language } from "../i18n";
import { word } from "../i18n/word";
import { Status, type Tone } from "./Status";

export function topicTitle(topic: Topic): string {
  return language() === "de" ? topic.title_de : topic.title_en;
}

/** Titles by code; the code itself while they are under way. */
export function useTopics(): { title: (code: string) => string; list: Topic[] } {
  useTranslation();
  const { data = [] } = useQuery(topics());
  const byCode = new Map(data.map((topic) => [topic.code, topic]));
  return {
    list: data,
    title: (code) => {
      const topic = byCode.get(code);
      return topic ? topicTitle(topic) : code;
    },
  };
}

/** Names by id; "" for an organisation that one may not see. */
export function useCompanyNames(network?: string): (id: string | null) => string {
  const { data = [] } = useQuery(organisations(network));
  const names = new Map(data.map((one) => [one.id, one.name]));
  return (id) => (id && names.get(id)) || "";
}

export function district(ags: string | null | undefined): string {
  return (ags && (districts as Record<string, string>)[ags]) || ags || "–";
}

export const allDistricts = Object.entries(districts as Record<string, string>).sort((a, b) =>
  a[1].localeCompare(b[1], "de"),
);

const TONES = {
  session: {
    draft: "past",
    open: "info",
    confirmed: "done",
    running: "done",
    completed: "done",
    settled: "past",
    postponed: "waiting",
    cancelled: "past",
  },
  need: { posted: "info", pooled: "waiting", covered: "done", withdrawn: "past", expired: "past" },
  pool: {
    open: "waiting",
    viable: "done",
    offers_requested: "waiting",
    awarded: "done",
    planned: "info",
    dissolved: "past",
  },
  membership: {
    applied: "info",
    invited: "waiting",
    active: "done",
    suspended: "waiting",
    terminated: "past",
    declined: "past",
    withdrawn: "past",
  },
  network: { forming: "waiting", active: "done", self_sustaining: "done", closed: "past" },
  person: { invited: "waiting", active: "done", deactivated: "past" },
  delivery: {
    queued: "waiting",
    failed: "waiting",
    sent: "done",
    bounced: "stop",
    undeliverable: "stop",
    parked: "stop",
    obsolete: "past",
  },
  call: {
    draft: "past",
    open: "waiting",
    closed: "info",
    opened: "info",
    awarded: "done",
    cancelled: "past",
  },
  webhook: { active: "done", paused: "waiting", off: "stop", removed: "past" },
  message: { pending: "waiting", delivered: "done", failed: "stop" },
  booking: {
    confirmed: "done",
    waitlisted: "waiting",
    offered: "proposal",
    cancelled: "past",
    expired: "past",
  },
};

const STRUCK = new Set(["cancelled", "withdrawn", "terminated", "dissolved"]);

/** A state of the domain as a chip: shape, word and colour. */
export function State<K extends keyof typeof TONES>({ kind, of }: { kind: K; of: string }) {
  useTranslation();
  const tone = (TONES[kind] as Record<string, Tone>)[of] ?? "info";
  return (
    <Status tone={tone} struck={STRUCK.has(of)}>
      {word(`state.${kind}`, of)}
    </Status>
  );
}

export type BookingStatus = Booking["status"];
