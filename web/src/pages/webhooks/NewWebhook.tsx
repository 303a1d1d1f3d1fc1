import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { got, notifications } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { Problem } from "../../api/problem";
import { eventTypes } from "../../api/webhookQueries";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Failure, Loaded } from "../../parts/Page";

/** Registers an address; without a choice it is told of everything. */
export function NewWebhook({ network, close }: { network: string; close: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState({ url: "https://", label: "", event_types: [] as string[] });
  const command = useCommand({
    run: async (body: typeof typed, key) =>
      got(
        await notifications.POST("/api/notifications/v1/networks/{network_id}/webhooks", {
          params: { path: { network_id: network }, ...keyed(key) },
          body,
        }),
      ),
    touches: [["webhooks", network]],
    done: () => {
      say(t("webhook.added"));
      close();
    },
  });
  const fields = command.error instanceof Problem ? command.error.byField() : {};
  const toggle = (type: string) => {
    const chosen = typed.event_types;
    const event_types = chosen.includes(type) ? chosen.filter((one) => one !== type) : [...chosen, type];
    setTyped({ ...typed, event_types });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    command.mutate(typed);
  };
  return (
    <Dialog title={t("webhook.new")} open onClose={close}>
      <form className="stack" onSubmit={submit} noValidate>
        <TextField
          label={t("webhook.url")}
          hint={t("webhook.url_hint")}
          type="url"
          value={typed.url}
          error={fields.url}
          onChange={(event) => setTyped({ ...typed, url: event.target.value })}
        />
        <TextField
          label={t("webhook.label")}
          value={typed.label}
          error={fields.label}
          onChange={(event) => setTyped({ ...typed, label: event.target.value })}
        />
        <details>
          <summary className="strong">{t("webhook.types", { count: typed.event_types.length })}</summary>
          <Loaded of={useQuery(eventTypes())} rows={1}>
            {(types) => (
              <div className="choices">
                {types.map((one) => (
                  <label key={one.type} className="choice">
                    <input
                      type="checkbox"
                      checked={typed.event_types.includes(one.type)}
                      onChange={() => toggle(one.type)}
                    />
                    <span className="wrap">{one.type.replace(/^verbund\./, "").replace(/\.v1$/, "")}</span>
                  </label>
                ))}
              </div>
            )}
          </Loaded>
        </details>
        {command.error && Object.keys(fields).length === 0 && <Failure error={command.error} />}
        <div className="row">
          <Button type="submit" look="primary" full pending={command.isPending}>
            {t("webhook.new")}
          </Button>
          <Button look="quiet" full onPress={close}>
            {t("common.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
