import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { got, notifications } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { inbox } from "../../api/queries";
import type { InboxEntry } from "../../api/types";
import { moment } from "../../i18n/format";
import { Button } from "../../parts/Button";
import { Empty, Loaded, Page } from "../../parts/Page";
import { Status } from "../../parts/Status";

/** What the system told me, newest first. */
export function InboxPage() {
  const { t } = useTranslation();
  const read = useReading();
  const asked = useQuery(inbox());
  const fresh = asked.data?.filter((entry) => entry.read_at === null) ?? [];
  return (
    <Page
      title={t("inbox.title")}
      lead={asked.data && t("inbox.lead", { count: fresh.length })}
      action={
        fresh.length > 1 && (
          <Button onPress={() => fresh.forEach((entry) => void read.mutate(entry.id))}>
            {t("inbox.read_all")}
          </Button>
        )
      }
    >
      <Loaded of={asked}>
        {(entries) =>
          entries.length === 0 ? (
            <div className="card">
              <Empty title={t("inbox.empty")}>{t("inbox.empty_why")}</Empty>
            </div>
          ) : (
            <ul className="card flush list" role="list">
              {entries.map((entry) => (
                <Message key={entry.id} entry={entry} read={() => read.mutate(entry.id)} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  );
}

function useReading() {
  return useCommand({
    run: async (id: string, key) =>
      got(
        await notifications.POST("/api/notifications/v1/inbox/{entry_id}/read", {
          params: { path: { entry_id: id }, ...keyed(key) },
        }),
      ),
    touches: [["inbox"], ["unread"]],
  });
}

function Message({ entry, read }: { entry: InboxEntry; read: () => void }) {
  const { t } = useTranslation();
  const fresh = entry.read_at === null;
  return (
    <li className={fresh ? "unread" : undefined}>
      <div className="row spread">
        <h2 className="wrap">{entry.title}</h2>
        <span className="small muted">{moment(entry.created_at)}</span>
      </div>
      <p className="wrap">{entry.text}</p>
      <div className="row">
        {entry.urgency === "high" && <Status tone="waiting">{t("inbox.urgent")}</Status>}
        {fresh && (
          <Button look="quiet" onPress={read}>
            {t("inbox.read")}
          </Button>
        )}
      </div>
    </li>
  );
}
