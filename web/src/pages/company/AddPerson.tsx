import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { got, membership } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import type { Person } from "../../api/types";
import { useDraft } from "../../offline/drafts";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { ErrorSummary, TextField } from "../../parts/Field";
import { Failure } from "../../parts/Page";

const BLANK = { name: "", email: "" };

/** Name and work e-mail of an employee; more is not asked. */
export function AddPerson({ organisation, done }: { organisation: string; done?: (person: Person) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped, discard] = useDraft(`person/${organisation}`, BLANK);
  const command = useCommand({
    run: async (body: typeof BLANK, key) =>
      got(
        await membership.POST("/api/membership/v1/organisations/{organisation_id}/people", {
          params: { path: { organisation_id: organisation }, ...keyed(key) },
          body: { ...body, locale: "de" },
        }),
      ),
    touches: [["people", organisation]],
    done: (person) => {
      discard();
      setTyped(BLANK);
      say(t("people.added", { name: person.name }));
      done?.(person);
    },
  });
  const fields = command.error instanceof Problem ? command.error.byField() : {};
  const known = Object.entries(fields).filter(([field]) => field === "name" || field === "email");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    command.mutate({ name: typed.name.trim(), email: typed.email.trim() });
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <ErrorSummary errors={known.map(([field, text]) => ({ field: `person-${field}`, text }))} />
      {command.error && known.length === 0 && <Failure error={command.error} />}
      <TextField
        id="person-name"
        label={t("people.name")}
        value={typed.name}
        autoComplete="off"
        dir="auto"
        error={fields.name}
        onChange={(event) => setTyped({ ...typed, name: event.target.value })}
      />
      <TextField
        id="person-email"
        label={t("people.email")}
        type="email"
        autoComplete="off"
        value={typed.email}
        error={fields.email}
        onChange={(event) => setTyped({ ...typed, email: event.target.value })}
      />
      <div>
        <Button type="submit" look="primary" full pending={command.isPending}>
          {t("people.add")}
        </Button>
      </div>
    </form>
  );
}
