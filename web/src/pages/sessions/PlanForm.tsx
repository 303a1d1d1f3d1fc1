import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../../api/problem";
import { word } from "../../i18n/word";
import { Button } from "../../parts/Button";
import { ErrorSummary, SelectField, Stepper, TextField } from "../../parts/Field";
import { Failure } from "../../parts/Page";
import { TopicField } from "../../parts/TopicField";
import { allDistricts, useTopics } from "../../parts/terms";
import { COST_KEYS, check, type Plan, type PlanErrors } from "./plan";

/** Where the service's fields stand in this form. */
const FIELDS: Record<string, keyof Plan> = {
  topic_code: "topic",
  teaching_units: "units",
  minimum_seats: "minimum",
  capacity: "capacity",
  price_cents: "price",
  venue_ags: "ags",
  days: "first",
};

export function PlanForm({
  plan,
  fixedTopic,
  change,
  tried,
  error,
  pending,
  submit,
}: {
  plan: Plan;
  fixedTopic: boolean;
  change: (plan: Plan) => void;
  tried: boolean;
  error: Error | null;
  pending: boolean;
  submit: (valid: boolean, plan: Plan) => void;
}) {
  const { t } = useTranslation();
  const topics = useTopics();
  const own: PlanErrors = tried ? check(plan) : {};
  const told: Partial<Record<keyof Plan, string>> = {};
  for (const [name, reason] of Object.entries(own))
    told[name as keyof Plan] = t(`session.error_${reason}` as const);
  const fields = error instanceof Problem ? error.byField() : {};
  for (const [pointer, text] of Object.entries(fields)) {
    const field = FIELDS[pointer.split(".")[0] ?? ""];
    if (field) told[field] ??= text;
  }
  const set =
    <K extends keyof Plan>(name: K) =>
    (value: Plan[K]) =>
      change({ ...plan, [name]: value });
  const send = (event: FormEvent) => {
    event.preventDefault();
    submit(Object.keys(check(plan)).length === 0, plan);
  };
  return (
    <form className="card stack loose" onSubmit={send} noValidate>
      <ErrorSummary
        errors={Object.entries(told).map(([field, text]) => ({ field: `plan-${field}`, text }))}
      />
      {error && Object.keys(told).length === 0 && <Failure error={error} />}
      {fixedTopic ? (
        <p className="strong">{topics.title(plan.topic)}</p>
      ) : (
        <TopicField id="plan-topic" value={plan.topic} onChange={set("topic")} error={told.topic} />
      )}
      <div className="grid">
        <TextField
          id="plan-first"
          label={t("session.first_day")}
          type="date"
          value={plan.first}
          error={told.first}
          onChange={(event) => set("first")(event.target.value)}
        />
        <Stepper
          id="plan-count"
          label={t("session.day_count")}
          hint={t("session.day_hint")}
          value={plan.count}
          onChange={set("count")}
          max={60}
          error={told.count}
        />
        <TextField
          label={t("session.from")}
          type="time"
          value={plan.from}
          onChange={(event) => set("from")(event.target.value)}
        />
        <TextField
          id="plan-until"
          label={t("session.until")}
          type="time"
          value={plan.until}
          error={told.until}
          onChange={(event) => set("until")(event.target.value)}
        />
        <Stepper
          id="plan-units"
          label={t("session.units")}
          hint={t("session.units_hint")}
          value={plan.units}
          onChange={set("units")}
          max={400}
          error={told.units}
        />
        <SelectField
          id="plan-ags"
          label={t("session.where")}
          value={plan.ags}
          error={told.ags}
          onChange={(event) => set("ags")(event.target.value)}
        >
          <option value="">{t("session.nowhere")}</option>
          {allDistricts.map(([ags, name]) => (
            <option key={ags} value={ags}>
              {name}
            </option>
          ))}
        </SelectField>
        <Stepper
          id="plan-minimum"
          label={t("session.minimum")}
          value={plan.minimum}
          onChange={set("minimum")}
          max={500}
          error={told.minimum}
        />
        <Stepper
          id="plan-capacity"
          label={t("session.capacity")}
          value={plan.capacity}
          onChange={set("capacity")}
          max={500}
          error={told.capacity}
        />
        <TextField
          id="plan-price"
          label={t("session.price")}
          hint={t("session.net")}
          type="number"
          inputMode="decimal"
          min={0}
          step="0.01"
          value={Number.isNaN(plan.price) ? "" : plan.price}
          error={told.price}
          onChange={(event) => set("price")(event.target.valueAsNumber)}
        />
        <SelectField
          label={t("session.key")}
          value={plan.key}
          onChange={(event) => set("key")(event.target.value as Plan["key"])}
        >
          {COST_KEYS.map((key) => (
            <option key={key} value={key}>
              {word("cost_key", key)}
            </option>
          ))}
        </SelectField>
      </div>
      <div>
        <Button type="submit" look="primary" full pending={pending}>
          {t("session.save_draft")}
        </Button>
      </div>
    </form>
  );
}
