/** Dates, money and numbers as the reader writes them; times are always those of the place of teaching. */

import { language } from "./index";

export const ZONE = "Europe/Berlin";

const locale = () => (language() === "de" ? "de-DE" : "en-GB");

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options });
}

export function money(cents: number): string {
  return new Intl.NumberFormat(locale(), { style: "currency", currency: "EUR" }).format(cents / 100);
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(value);
}

export function percent(value: number): string {
  return language() === "de" ? `${number(value)} %` : `${number(value)}%`;
}

export function day(instant: string | Date): string {
  return dateFormat({ weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(
    at(instant),
  );
}

export function shortDay(instant: string | Date): string {
  return dateFormat({ weekday: "short", day: "numeric", month: "short" }).format(at(instant));
}

export function time(instant: string | Date): string {
  const text = dateFormat({ hour: "numeric", minute: "2-digit" }).format(at(instant));
  return language() === "de" ? `${text} Uhr` : text;
}

export function moment(instant: string | Date): string {
  return `${shortDay(instant)}, ${time(instant)}`;
}

/** "9.–15. Dez. 2026"; one day with its times. */
export function dates(days: readonly { starts_at: string; ends_at: string }[]): string {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return "–";
  const format = dateFormat({ day: "numeric", month: "short", year: "numeric" });
  if (days.length > 1) return format.formatRange(at(first.starts_at), at(last.ends_at));
  return `${day(first.starts_at)}, ${hours(first)}`;
}

export function hours(block: { starts_at: string; ends_at: string }): string {
  const text = dateFormat({ hour: "numeric", minute: "2-digit" }).formatRange(
    at(block.starts_at),
    at(block.ends_at),
  );
  return language() === "de" && !text.endsWith("Uhr") ? `${text} Uhr` : text;
}

/** A calendar day without a time, e.g. "2026-12-09". */
export function plainDay(text: string): string {
  return dateFormat({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${text}T00:00:00Z`),
  );
}

/** Today in the place of teaching, moved by days, as an ISO date. */
export function isoDay(offsetDays = 0, now = new Date()): string {
  const moved = new Date(now.getTime() + offsetDays * 86_400_000);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(moved);
}

/** An RFC 3339 instant for a wall-clock time at the place of teaching, e.g. ("2026-12-09", "08:00"). */
export function instant(date: string, clock: string): string {
  const utc = new Date(`${date}T${clock}:00Z`);
  const name = new Intl.DateTimeFormat("en-US", { timeZone: ZONE, timeZoneName: "longOffset" })
    .formatToParts(utc)
    .find((part) => part.type === "timeZoneName")?.value;
  const offset = name?.replace("GMT", "") || "+00:00";
  return `${date}T${clock}:00${offset}`;
}

function at(value: string | Date): Date {
  return typeof value === "string" ? new Date(value) : value;
}
