import { useTranslation } from "react-i18next";
import { plainDay } from "../../i18n/format";
import { word } from "../../i18n/word";
import { Choices, SelectField, Stepper, TextField } from "../../parts/Field";
import { TopicField } from "../../parts/TopicField";
import { allDistricts, district, useTopics } from "../../parts/terms";
import { FORMATS, type NeedForm } from "./need";

type Change = (form: NeedForm) => void;
type Errors = Record<string, string>;

/** The fields of the present step. */
export function NeedStep({ form, change, errors }: { form: NeedForm; change: Change; errors: Errors }) {
  const { t } = useTranslation();
  if (form.step === 1) {
    return (
      <TopicField
        id="need-topic"
        value={form.topic}
        onChange={(topic) => change({ ...form, topic })}
        error={errors.topic}
      />
    );
  }
  if (form.step === 2) {
    return (
      <Stepper
        id="need-heads"
        label={t("need.heads")}
        hint={t("need.heads_hint")}
        value={form.heads}
        onChange={(heads) => change({ ...form, heads })}
        error={errors.heads}
      />
    );
  }
  if (form.step === 3) return <WhenAndWhere form={form} change={change} errors={errors} />;
  return <Review form={form} />;
}

function WhenAndWhere({ form, change, errors }: { form: NeedForm; change: Change; errors: Errors }) {
  const { t } = useTranslation();
  return (
    <div className="stack loose">
      <div className="grid">
        <TextField
          id="need-from"
          label={t("need.from")}
          type="date"
          value={form.from}
          error={errors.from}
          onChange={(event) => change({ ...form, from: event.target.value })}
        />
        <TextField
          id="need-to"
          label={t("need.to")}
          type="date"
          value={form.to}
          error={errors.to}
          onChange={(event) => change({ ...form, to: event.target.value })}
        />
        <SelectField
          id="need-ags"
          label={t("need.where")}
          value={form.ags}
          error={errors.ags}
          onChange={(event) => change({ ...form, ags: event.target.value })}
        >
          <option value="">{t("needs.anywhere")}</option>
          {allDistricts.map(([ags, name]) => (
            <option key={ags} value={ags}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <Choices
        legend={t("need.format")}
        name="format"
        options={FORMATS.map((value) => ({ value, label: word("format", value) }))}
        value={form.format}
        onChange={(format) => change({ ...form, format })}
      />
    </div>
  );
}

function Review({ form }: { form: NeedForm }) {
  const { t } = useTranslation();
  const topics = useTopics();
  return (
    <div className="stack">
      <h2>{t("need.review")}</h2>
      <dl className="facts">
        <dt>{t("need.topic")}</dt>
        <dd>{topics.title(form.topic)}</dd>
        <dt>{t("need.heads")}</dt>
        <dd>{form.heads}</dd>
        <dt>{t("needs.window")}</dt>
        <dd>
          {form.from && plainDay(form.from)} – {form.to && plainDay(form.to)}
        </dd>
        <dt>{t("need.where")}</dt>
        <dd>{form.ags ? district(form.ags) : t("needs.anywhere")}</dd>
        <dt>{t("need.format")}</dt>
        <dd>{word("format", form.format)}</dd>
      </dl>
      <p className="small muted">{t("need.not_binding")}</p>
    </div>
  );
}
