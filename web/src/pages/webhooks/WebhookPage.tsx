import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { got, notifications } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { messages, webhooks } from "../../api/webhookQueries";
import { useIds } from "../../app/ids";
import { moment } from "../../i18n/format";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Empty, Failure, Loaded, Page } from "../../parts/Page";
import { State } from "../../parts/terms";

const AT = "/api/notifications/v1/networks/{network_id}/webhooks/{network_webhook_id}";

/** One webhook: does it arrive? Each message with every attempt and its answer; what failed can be sent again. */
export function WebhookPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const { webhook: id = "" } = useParams({ strict: false }) as { webhook?: string };
  const hook = useQuery(webhooks(network)).data?.find((one) => one.id === id);
  return (
    <Page
      title={hook?.label || hook?.url || t("nav.webhooks")}
      lead={hook && <State kind="webhook" of={hook.state} />}
      action={hook && <Actions network={network} id={id} state={hook.state} />}
    >
      <Log network={network} id={id} />
    </Page>
  );
}

function Actions({ network, id, state }: { network: string; id: string; state: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const path = { network_id: network, network_webhook_id: id };
  const touches = [
    ["webhooks", network],
    ["messages", id],
  ];
  const act = useCommand({
    run: async (what: "pause" | "resume" | "pings" | "remove", key) => {
      const params = { path, ...keyed(key) };
      if (what === "pause") await notifications.POST(`${AT}/pause`, { params });
      if (what === "resume") await notifications.POST(`${AT}/resume`, { params });
      if (what === "pings") await notifications.POST(`${AT}/pings`, { params });
      if (what === "remove") await notifications.DELETE(AT, { params });
      return what;
    },
    touches,
    done: (what) => {
      say(t(`webhook.done_${what}` as const));
      if (what === "remove") void navigate({ to: `/n/${network}/webhooks` });
    },
  });
  return (
    <>
      <Button look="primary" full pending={act.isPending} onPress={() => act.mutate("pings")}>
        {t("webhook.ping")}
      </Button>
      <Button full onPress={() => act.mutate(state === "active" ? "pause" : "resume")}>
        {t(state === "active" ? "webhook.pause" : "webhook.resume")}
      </Button>
      <Button look="danger" full onPress={() => act.mutate("remove")}>
        {t("webhook.remove")}
      </Button>
      {act.error && <Failure error={act.error} />}
    </>
  );
}

function Log({ network, id }: { network: string; id: string }) {
  const { t } = useTranslation();
  const again = useCommand({
    run: async (message: string, key) =>
      got(
        await notifications.POST(`${AT}/deliveries/{network_message_id}/retry`, {
          params: {
            path: { network_id: network, network_webhook_id: id, network_message_id: message },
            ...keyed(key),
          },
        }),
      ),
    touches: [["messages", id]],
    done: () => say(t("webhook.again_done")),
  });
  return (
    <section className="card flush" aria-labelledby="log">
      <h2 id="log" className="card-head">
        {t("webhook.log")}
      </h2>
      {again.error && <Failure error={again.error} />}
      <Loaded of={useQuery(messages(network, id))}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t("webhook.log_none")}>{t("webhook.log_none_why")}</Empty>
          ) : (
            <ul className="list" role="list">
              {list.map((one) => (
                <li key={one.id}>
                  <div className="row spread">
                    <div className="grow">
                      <span className="strong wrap">{one.type.replace(/^verbund\./, "")}</span>
                      <div className="small muted">{moment(one.occurred_at)}</div>
                    </div>
                    <State kind="message" of={one.state} />
                    <Button onPress={() => again.mutate(one.id)}>{t("webhook.again")}</Button>
                  </div>
                  <ul className="small muted" role="list">
                    {one.attempts.map((attempt) => (
                      <li key={attempt.at}>
                        {moment(attempt.at)} · {attempt.status ?? attempt.error} · {attempt.ms} ms
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
