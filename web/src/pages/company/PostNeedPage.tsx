import { useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import { useIds } from "../../app/ids";
import { useDraft } from "../../offline/drafts";
import { Button, LinkButton } from "../../parts/Button";
import { ErrorSummary } from "../../parts/Field";
import { Failure, Page } from "../../parts/Page";
import { Notice } from "../../parts/Status";
import { useTopics } from "../../parts/terms";
import { NeedStep } from "./NeedStep";
import { blank, body, check, type NeedForm, PLACES, STEPS } from "./need";

/** Posts a need in four short steps; each field is kept on the device at once. */
export function PostNeedPage() {
  const { t } = useTranslation();
  const { network, organisation } = useIds();
  const [sent, setSent] = useState<NeedForm | null>(null);
  return (
    <Page title={t("nav.post_need")} lead={t("need.lead")}>
      {sent ? (
        <Sent form={sent} again={() => setSent(null)} at={`/o/${organisation}/${network}`} />
      ) : (
        <Form network={network} organisation={organisation} done={setSent} />
      )}
    </Page>
  );
}

function Form({
  network,
  organisation,
  done,
}: {
  network: string;
  organisation: string;
  done: (form: NeedForm) => void;
}) {
  const { t } = useTranslation();
  const [form, setForm, discard, restored] = useDraft(`need/${organisation}/${network}`, blank());
  const [tried, setTried] = useState(false);
  const command = useCommand({
    run: async (wanted: ReturnType<typeof body>, key) =>
      got(await courses.POST("/api/courses/v1/needs", { params: keyed(key), body: wanted })),
    touches: [
      ["needs", network],
      ["demand", network],
    ],
    done: () => {
      discard();
      done(form);
    },
  });
  const missing = tried ? check(form, form.step) : [];
  const told: Record<string, string> = {};
  for (const field of missing) told[field] = t(`need.error_${field}` as const);
  const refused = command.error instanceof Problem ? command.error.byField() : {};
  for (const [name, text] of Object.entries(refused)) {
    const place = PLACES[name];
    if (place && (place.step === form.step || form.step === STEPS)) told[place.field] ??= text;
  }
  const go = (step: number) => {
    setTried(false);
    setForm({ ...form, step });
  };
  const next = () => {
    setTried(true);
    if (check(form, form.step).length > 0) return;
    if (form.step < STEPS) go(form.step + 1);
    else command.mutate(body(form, network, organisation));
  };
  return (
    <form
      className="card stack loose"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        next();
      }}
    >
      <div className="stack tight">
        <span className="small muted">{t("need.step", { step: form.step, of: STEPS })}</span>
        <ol className="steps" aria-hidden="true">
          {[1, 2, 3, 4].map((step) => (
            <li key={step} data-done={step <= form.step || undefined} />
          ))}
        </ol>
      </div>
      {restored && form.step > 1 && form.step < STEPS && !command.isError && (
        <Notice tone="info" title={t("need.restored")} />
      )}
      <ErrorSummary
        errors={Object.entries(told).map(([field, text]) => ({ field: `need-${field}`, text }))}
      />
      {command.error && Object.keys(told).length === 0 && <Failure error={command.error} />}
      <NeedStep form={form} change={setForm} errors={told} />
      <div className="row">
        <Button type="submit" look="primary" full pending={command.isPending}>
          {form.step < STEPS ? t("common.next") : t("need.submit")}
        </Button>
        {form.step > 1 && (
          <Button full onPress={() => go(form.step - 1)}>
            {t("common.back")}
          </Button>
        )}
        <span className="small muted">{t("need.saved")}</span>
      </div>
    </form>
  );
}

function Sent({ form, again, at }: { form: NeedForm; again: () => void; at: string }) {
  const { t } = useTranslation();
  const topics = useTopics();
  return (
    <div className="card stack">
      <Notice
        tone="done"
        title={t("need.sent", { topic: topics.title(form.topic), count: form.heads })}
        role="status"
      >
        <p>{t("need.sent_next")}</p>
      </Notice>
      <div className="row">
        <Button look="primary" full onPress={again}>
          {t("need.another")}
        </Button>
        <LinkButton to={`${at}/overview`} full>
          {t("nav.overview")}
        </LinkButton>
      </div>
    </div>
  );
}
