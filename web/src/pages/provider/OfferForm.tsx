import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import type { Invitation } from "../../api/types";
import { money } from "../../i18n/format";
import { word } from "../../i18n/word";
import { useDraft } from "../../offline/drafts";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { ErrorSummary, SelectField, Stepper, TextField } from "../../parts/Field";
import { Failure } from "../../parts/Page";
import { allDistricts } from "../../parts/terms";
import { body, type OfferForm as Form, missing, start, sum, VAT, VENUES } from "./offer";

/** Where the service's fields stand in this form. */
const FIELDS: Record<string, string> = {
  fixed_cents: "fixed",
  per_seat_cents: "perSeat",
  options: "first",
  venues: "venue",
  azav_certified_until: "azav",
  valid_until: "valid",
  concept: "concept",
};

export function OfferForm({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const [form, setForm, discard] = useDraft<Form>(
    `offer/${invitation.call_id}/${invitation.provider_id}`,
    start(invitation),
  );
  const [tried, setTried] = useState(false);
  const command = useCommand({
    run: async (wanted: ReturnType<typeof body>, key) =>
      got(
        await courses.POST("/api/courses/v1/invitations/{call_id}/offer", {
          params: { path: { call_id: invitation.call_id }, ...keyed(key) },
          body: wanted,
        }),
      ),
    touches: [["invitation", invitation.call_id, invitation.provider_id], ["invitations"]],
    done: () => {
      discard();
      say(t("offer.sent"));
    },
  });
  const told: Record<string, string> = {};
  if (tried) for (const field of missing(form)) told[field] = t(`offer.error_${field}` as const);
  const refused = command.error instanceof Problem ? command.error.byField() : {};
  for (const [name, text] of Object.entries(refused)) {
    const field = FIELDS[name.split(".")[0] ?? ""];
    if (field) told[field] ??= text;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing(form).length === 0) command.mutate(body(form, invitation));
  };
  const { minimum_seats: least, maximum_seats: most } = invitation.specification;
  return (
    <form className="card stack loose" noValidate onSubmit={submit}>
      <h2>{t("offer.title")}</h2>
      <ErrorSummary
        errors={Object.entries(told).map(([field, text]) => ({ field: `offer-${field}`, text }))}
      />
      {command.error && Object.keys(told).length === 0 && <Failure error={command.error} />}
      <Fields form={form} change={setForm} told={told} />
      <div className="sticky-foot row spread">
        <span>
          {t("offer.sum", { seats: least, amount: money(sum(form, least)) })}
          <br />
          {t("offer.sum", { seats: most, amount: money(sum(form, most)) })}
        </span>
        <Button type="submit" look="primary" full pending={command.isPending}>
          {t(invitation.receipt ? "offer.submit_again" : "offer.submit")}
        </Button>
      </div>
      <p className="small muted">{t("need.saved")}</p>
    </form>
  );
}

function Fields({
  form,
  change,
  told,
}: {
  form: Form;
  change: (form: Form) => void;
  told: Record<string, string>;
}) {
  const { t } = useTranslation();
  const euro = (name: "fixed" | "perSeat") => (
    <TextField
      id={`offer-${name}`}
      label={t(`offer.${name}` as const)}
      hint={t("session.net")}
      type="number"
      inputMode="decimal"
      min={0}
      step="0.01"
      value={form[name] === null || Number.isNaN(form[name]) ? "" : form[name]}
      error={told[name]}
      onChange={(event) => change({ ...form, [name]: event.target.valueAsNumber })}
    />
  );
  const text = (
    name: "first" | "from" | "until" | "azav" | "valid" | "venue",
    type: string,
    label: string,
  ) => (
    <TextField
      id={`offer-${name}`}
      label={label}
      type={type}
      value={form[name]}
      error={told[name]}
      onChange={(event) => change({ ...form, [name]: event.target.value })}
    />
  );
  return (
    <div className="grid">
      {euro("fixed")}
      {euro("perSeat")}
      <SelectField
        label={t("offer.vat")}
        value={form.vat}
        onChange={(event) => change({ ...form, vat: event.target.value as Form["vat"] })}
      >
        {VAT.map((one) => (
          <option key={one} value={one}>
            {word("vat", one)}
          </option>
        ))}
      </SelectField>
      {text("first", "date", t("session.first_day"))}
      <Stepper
        label={t("session.day_count")}
        value={form.count}
        onChange={(count) => change({ ...form, count })}
        max={60}
      />
      {text("from", "time", t("session.from"))}
      {text("until", "time", t("session.until"))}
      <SelectField
        label={t("offer.venue_kind")}
        value={form.venueKind}
        onChange={(event) => change({ ...form, venueKind: event.target.value as Form["venueKind"] })}
      >
        {VENUES.map((one) => (
          <option key={one} value={one}>
            {word("venue", one)}
          </option>
        ))}
      </SelectField>
      {text("venue", "text", t("offer.venue"))}
      <SelectField
        label={t("offer.district")}
        value={form.ags}
        onChange={(event) => change({ ...form, ags: event.target.value })}
      >
        <option value="">{t("session.nowhere")}</option>
        {allDistricts.map(([ags, name]) => (
          <option key={ags} value={ags}>
            {name}
          </option>
        ))}
      </SelectField>
      {text("azav", "date", t("offer.azav"))}
      {text("valid", "date", t("offer.valid"))}
      <div className="field">
        <label htmlFor="offer-concept">{t("offer.concept")}</label>
        <textarea
          id="offer-concept"
          rows={4}
          value={form.concept}
          onChange={(event) => change({ ...form, concept: event.target.value })}
        />
      </div>
    </div>
  );
}
