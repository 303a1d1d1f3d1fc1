import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import { organisations, pools } from "../../api/queries";
import { useIds } from "../../app/ids";
import { instant, isoDay } from "../../i18n/format";
import { useDraft } from "../../offline/drafts";
import { Button } from "../../parts/Button";
import { ErrorSummary, FieldError, SelectField, TextField } from "../../parts/Field";
import { Empty, Failure, Loaded, Page } from "../../parts/Page";
import { useTopics } from "../../parts/terms";

/** Drafts a call: the needs of the pool say what is asked for; providers and the due time are chosen here. */
export function NewCallPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  return (
    <Page title={t("calls.new")} lead={t("calls.new_lead")}>
      <Loaded of={useQuery(organisations(network))}>
        {(list) => {
          const providers = list.filter((one) => one.kind === "provider");
          if (providers.length > 0) return <Form network={network} providers={providers} />;
          return (
            <div className="card">
              <Empty title={t("calls.no_providers")}>{t("calls.no_providers_why")}</Empty>
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Form({ network, providers }: { network: string; providers: { id: string; name: string }[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const topics = useTopics();
  const { pool: given = "" } = useSearch({ strict: false }) as { pool?: string };
  const viable = useQuery(pools(network)).data?.filter((one) => one.state === "viable") ?? [];
  const [form, setForm, discard] = useDraft(`call/${network}`, {
    pool: given,
    day: isoDay(21),
    time: "12:00",
    ids: [] as string[],
    why: "",
  });
  const [tried, setTried] = useState(false);
  const pool = form.pool || given;
  const command = useCommand({
    run: async (wanted: typeof form, key) =>
      got(
        await courses.POST("/api/courses/v1/calls", {
          params: keyed(key),
          body: {
            pool_id: wanted.pool,
            providers: wanted.ids,
            due_at: instant(wanted.day, wanted.time),
            ...(wanted.why ? { few_providers_reason: wanted.why } : {}),
          },
        }),
      ),
    touches: [
      ["calls", network],
      ["pools", network],
    ],
    done: (made) => {
      discard();
      void navigate({ to: `/n/${network}/calls/${made.id}` });
    },
  });
  const told: Record<string, string> = {};
  if (tried && !pool) told.pool = t("calls.error_pool");
  if (tried && form.ids.length === 0) told.providers = t("calls.error_providers");
  const fields = command.error instanceof Problem ? command.error.byField() : {};
  const names: Record<string, string> = {
    pool_id: "pool",
    due_at: "day",
    providers: "providers",
    few_providers_reason: "why",
  };
  for (const [name, text] of Object.entries(fields)) {
    const place = names[name.split(".")[0] ?? ""];
    if (place) told[place] ??= text;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (pool && form.ids.length > 0) command.mutate({ ...form, pool });
  };
  const toggle = (id: string) =>
    setForm({
      ...form,
      ids: form.ids.includes(id) ? form.ids.filter((one) => one !== id) : [...form.ids, id],
    });
  return (
    <form className="card stack loose" noValidate onSubmit={submit}>
      <ErrorSummary
        errors={Object.entries(told).map(([field, text]) => ({ field: `call-${field}`, text }))}
      />
      {command.error && Object.keys(told).length === 0 && <Failure error={command.error} />}
      <SelectField
        id="call-pool"
        label={t("calls.pool")}
        hint={t("calls.pool_hint")}
        value={pool}
        error={told.pool}
        onChange={(event) => setForm({ ...form, pool: event.target.value })}
      >
        <option value="">{t("common.choose")}</option>
        {viable.map((one) => (
          <option key={one.id} value={one.id}>
            {topics.title(one.topic_code)}
          </option>
        ))}
      </SelectField>
      <div className="grid">
        <TextField
          id="call-day"
          label={t("calls.due_day")}
          type="date"
          value={form.day}
          error={told.day}
          onChange={(event) => setForm({ ...form, day: event.target.value })}
        />
        <TextField
          label={t("calls.due_time")}
          type="time"
          value={form.time}
          onChange={(event) => setForm({ ...form, time: event.target.value })}
        />
      </div>
      <fieldset id="call-providers">
        <legend>{t("calls.providers")}</legend>
        {told.providers && <FieldError>{told.providers}</FieldError>}
        <div className="choices">
          {providers.map((one) => (
            <label key={one.id} className="choice">
              <input type="checkbox" checked={form.ids.includes(one.id)} onChange={() => toggle(one.id)} />
              <bdi className="wrap">{one.name}</bdi>
            </label>
          ))}
        </div>
      </fieldset>
      <TextField
        id="call-why"
        label={t("calls.few")}
        hint={t("calls.few_hint")}
        value={form.why}
        error={told.why}
        onChange={(event) => setForm({ ...form, why: event.target.value })}
      />
      <div>
        <Button type="submit" look="primary" full pending={command.isPending}>
          {t("calls.draft")}
        </Button>
      </div>
    </form>
  );
}
