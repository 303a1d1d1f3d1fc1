import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { got, membership } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import { networks, organisations } from "../../api/queries";
import type { Role } from "../../api/types";
import { word } from "../../i18n/word";
import { useDraft } from "../../offline/drafts";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ErrorSummary, SelectField, TextField } from "../../parts/Field";
import { Failure } from "../../parts/Page";

const ROLES = [
  "network_manager",
  "company_hr",
  "provider",
  "association",
  "funder",
  "platform_admin",
] as const;
const OF_NETWORK = new Set<string>(["network_manager", "funder"]);
const OF_ORGANISATION = new Set<string>(["company_hr", "provider", "association"]);
const BLANK = { name: "", email: "", role: "network_manager", place: "" };

/** Gives a person a role in a network or an organisation; she is invited by mail. */
export function NewPerson({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped, discard] = useDraft("admin/person", BLANK);
  const [tried, setTried] = useState(false);
  const nets = useQuery(networks()).data ?? [];
  const orgs = useQuery(organisations()).data ?? [];
  const places = OF_NETWORK.has(typed.role) ? nets : OF_ORGANISATION.has(typed.role) ? orgs : [];
  const command = useCommand({
    run: async (form: typeof BLANK, key) => {
      const grant = {
        role: form.role as Role,
        ...(OF_NETWORK.has(form.role) ? { network_id: form.place } : {}),
        ...(OF_ORGANISATION.has(form.role) ? { organisation_id: form.place } : {}),
      };
      const body = {
        name: form.name.trim(),
        email: form.email.trim(),
        locale: "de" as const,
        grants: [grant],
      };
      return got(await membership.POST("/api/membership/v1/people", { params: keyed(key), body }));
    },
    touches: [["people"]],
    done: (person) => {
      discard();
      say(t("people.added", { name: person.name }));
      close();
    },
  });
  const fields = command.error instanceof Problem ? command.error.byField() : {};
  const told: Record<string, string> = {};
  for (const [pointer, text] of Object.entries(fields)) {
    told[pointer.startsWith("grants") ? "place" : pointer] ??= text;
  }
  if (tried && places.length > 0 && !typed.place) told.place = t("admin.error_place");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (places.length === 0 || typed.place) command.mutate(typed);
  };
  return (
    <Dialog title={t("admin.new_person")} open onClose={close}>
      <form className="stack" onSubmit={submit} noValidate>
        <ErrorSummary
          errors={Object.entries(told).map(([field, text]) => ({ field: `new-${field}`, text }))}
        />
        {command.error && Object.keys(told).length === 0 && <Failure error={command.error} />}
        <TextField
          id="new-name"
          label={t("people.name")}
          value={typed.name}
          dir="auto"
          autoComplete="off"
          error={told.name}
          onChange={(event) => setTyped({ ...typed, name: event.target.value })}
        />
        <TextField
          id="new-email"
          label={t("people.email")}
          type="email"
          autoComplete="off"
          value={typed.email}
          error={told.email}
          onChange={(event) => setTyped({ ...typed, email: event.target.value })}
        />
        <SelectField
          label={t("admin.role")}
          value={typed.role}
          onChange={(event) => setTyped({ ...typed, role: event.target.value, place: "" })}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {word("grant", role)}
            </option>
          ))}
        </SelectField>
        {places.length > 0 && (
          <SelectField
            id="new-place"
            label={t("admin.place")}
            value={typed.place}
            error={told.place}
            onChange={(event) => setTyped({ ...typed, place: event.target.value })}
          >
            <option value="">{t("common.choose")}</option>
            {places.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </SelectField>
        )}
        <div className="row">
          <Button type="submit" look="primary" full pending={command.isPending}>
            {t("admin.create")}
          </Button>
          <Button look="quiet" full onPress={close}>
            {t("common.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
