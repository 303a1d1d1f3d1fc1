import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { got, membership } from "../../api/client";
import { useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import { forget } from "../../api/tokens";
import { Button } from "../../parts/Button";
import { TextField } from "../../parts/Field";
import { Failure } from "../../parts/Page";

/** A new password; it ends every session, this one too. */
export function NewPassword() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState({ present: "", wanted: "" });
  const command = useCommand({
    run: async (body: typeof typed) => got(await membership.POST("/api/membership/v1/me/password", { body })),
    done: () => {
      forget();
      client.clear();
      void navigate({ to: "/sign-in" });
    },
  });
  const fields = command.error instanceof Problem ? command.error.byField() : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    command.mutate(typed);
  };
  return (
    <form className="card stack" onSubmit={submit} noValidate aria-labelledby="password">
      <h2 id="password">{t("settings.change")}</h2>
      <p className="muted">{t("settings.change_why")}</p>
      <TextField
        label={t("factor.present")}
        type="password"
        autoComplete="current-password"
        value={typed.present}
        error={fields.present}
        onChange={(event) => setTyped({ ...typed, present: event.target.value })}
      />
      <TextField
        label={t("settings.wanted")}
        hint={t("settings.wanted_hint")}
        type="password"
        autoComplete="new-password"
        value={typed.wanted}
        error={fields.wanted}
        onChange={(event) => setTyped({ ...typed, wanted: event.target.value })}
      />
      {command.error && Object.keys(fields).length === 0 && <Failure error={command.error} />}
      <div>
        <Button type="submit" full isDisabled={!typed.present || !typed.wanted} pending={command.isPending}>
          {t("settings.change")}
        </Button>
      </div>
    </form>
  );
}
