/** The offer form's content and what it becomes. Pure. */

import type { Invitation, SubmitOffer } from "../../api/types";
import { isoDay } from "../../i18n/format";
import { blank, days } from "../sessions/plan";

export interface OfferForm {
  fixed: number;
  perSeat: number;
  vat: SubmitOffer["vat_code"];
  first: string;
  count: number;
  from: string;
  until: string;
  venueKind: "provider" | "member_workshop" | "rented" | "online";
  venue: string;
  ags: string;
  azav: string;
  concept: string;
  valid: string;
}

export const VAT = ["exempt_4_21a", "exempt_4_22a", "small_business", "standard"] as const;
export const VENUES = ["provider", "member_workshop", "rented", "online"] as const;

/** Eight units a day, as many days as the asked-for units need. */
export function start(invitation: Invitation): OfferForm {
  return {
    fixed: Number.NaN,
    perSeat: Number.NaN,
    vat: "exempt_4_21a",
    first: invitation.specification.earliest,
    count: Math.max(1, Math.ceil(invitation.specification.teaching_units / 8)),
    from: "08:00",
    until: "15:00",
    venueKind: "provider",
    venue: "",
    ags: invitation.specification.ags?.[0] ?? "",
    azav: "",
    concept: "",
    valid: isoDay(90),
  };
}

/** What the course costs at so many seats, in cents. */
export function sum(form: OfferForm, seats: number): number {
  return Math.round((form.fixed || 0) * 100) + seats * Math.round((form.perSeat || 0) * 100);
}

export function missing(form: OfferForm): ("fixed" | "perSeat" | "venue" | "valid")[] {
  const found: ("fixed" | "perSeat" | "venue" | "valid")[] = [];
  if (!(form.fixed >= 0)) found.push("fixed");
  if (!(form.perSeat >= 0)) found.push("perSeat");
  if (!form.venue.trim()) found.push("venue");
  if (!form.valid) found.push("valid");
  return found;
}

export function body(form: OfferForm, invitation: Invitation): SubmitOffer {
  const asked = invitation.specification;
  const plan = { ...blank(), first: form.first, count: form.count, from: form.from, until: form.until };
  return {
    provider_id: invitation.provider_id,
    fixed_cents: Math.round(form.fixed * 100),
    per_seat_cents: Math.round(form.perSeat * 100),
    vat_code: form.vat,
    teaching_units: asked.teaching_units,
    minimum_seats: asked.minimum_seats,
    maximum_seats: asked.maximum_seats,
    options: [{ days: days(plan) }],
    venues: [{ kind: form.venueKind, label: form.venue.trim(), ...(form.ags ? { ags: form.ags } : {}) }],
    ...(form.azav ? { azav_certified_until: form.azav } : {}),
    ...(form.concept.trim() ? { concept: form.concept.trim() } : {}),
    valid_until: form.valid,
  };
}
