import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { all, authorised, membership } from "../../api/client";
import { useCommand } from "../../api/commands";
import type { components } from "../../api/generated/membership";
import { problemOf } from "../../api/problem";
import { save } from "../../app/files";
import { useIds } from "../../app/ids";
import { moment } from "../../i18n/format";
import { word } from "../../i18n/word";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Choices } from "../../parts/Field";
import { Empty, Failure, Loaded, Page } from "../../parts/Page";
import { Status } from "../../parts/Status";

type Import = components["schemas"]["ImportView"];
type Kind = Import["kind"];
const KINDS = ["organisations", "people"] as const;
const EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Lists of companies and contacts from a spreadsheet: first a trial, then in earnest. */
export function ImportsPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  const asked = useQuery({
    queryKey: ["imports", network],
    queryFn: () =>
      all((cursor) =>
        membership.GET("/api/membership/v1/networks/{network_id}/imports", {
          params: { path: { network_id: network }, query: { limit: 50, ...(cursor ? { cursor } : {}) } },
        }),
      ),
    refetchInterval: 3_000,
  });
  return (
    <Page title={t("nav.imports")} lead={t("imports.lead")}>
      <div className="split">
        <section className="card flush" aria-labelledby="done">
          <h2 id="done" className="card-head">
            {t("imports.done")}
          </h2>
          <Loaded of={asked}>
            {(list) =>
              list.length === 0 ? (
                <Empty title={t("imports.none")}>{t("imports.none_why")}</Empty>
              ) : (
                <ul className="list" role="list">
                  {list.map((one) => (
                    <Row key={one.id} network={network} done={one} />
                  ))}
                </ul>
              )
            }
          </Loaded>
        </section>
        <Upload network={network} />
      </div>
    </Page>
  );
}

function Row({ network, done }: { network: string; done: Import }) {
  const { t } = useTranslation();
  const report = useDownload();
  const refused = done.refused > 0;
  return (
    <li>
      <div className="row spread">
        <div className="grow">
          <span className="strong">{word("imports", done.kind)}</span>
          <div className="small muted">
            {moment(done.created_at)} · {t("imports.counts", { ...done })}
          </div>
        </div>
        <Status tone={done.status !== "finished" ? "waiting" : refused ? "stop" : "done"}>
          {done.status !== "finished"
            ? t("imports.running", { done: done.done, lines: done.lines })
            : done.dry_run
              ? t("imports.trial")
              : t("imports.real")}
        </Status>
        {refused && (
          <Button
            onPress={() =>
              report.mutate({
                url: `/api/membership/v1/networks/${network}/imports/${done.id}/report?file=xlsx`,
                name: "pruefbericht.xlsx",
              })
            }
          >
            {t("imports.report", { count: done.refused })}
          </Button>
        )}
      </div>
      {report.error && <Failure error={report.error} />}
    </li>
  );
}

function useDownload() {
  return useCommand({
    run: async ({ url }: { url: string; name: string }) => {
      const answer = await authorised(new Request(new URL(url, location.href)));
      if (!answer.ok) throw await problemOf(answer);
      return answer.blob();
    },
    done: (blob, { name }) => save(blob, name),
  });
}

function Upload({ network }: { network: string }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>("organisations");
  const [file, setFile] = useState<File | null>(null);
  const template = useDownload();
  const send = useCommand({
    run: async ({ trial }: { trial: boolean; name: string; size: number }, key) => {
      const url = `/api/membership/v1/networks/${network}/imports?list=${kind}&dry_run=${trial}`;
      const type = file?.name.endsWith(".xlsx") ? EXCEL : "text/csv; charset=utf-8";
      const headers = { "content-type": type, "idempotency-key": key };
      const body = await file?.arrayBuffer();
      const answer = await authorised(
        new Request(new URL(url, location.href), { method: "POST", headers, body: body ?? null }),
      );
      if (!answer.ok) throw await problemOf(answer);
      return trial;
    },
    touches: [["imports", network]],
    done: (trial) => say(t(trial ? "imports.trial_begun" : "imports.begun")),
  });
  const go = (trial: boolean) => file && send.mutate({ trial, name: file.name, size: file.size });
  return (
    <section className="card stack" aria-labelledby="upload">
      <h2 id="upload">{t("imports.upload")}</h2>
      <Choices
        legend={t("imports.what")}
        name="kind"
        options={KINDS.map((value) => ({ value, label: t(`imports.${value}`) }))}
        value={kind}
        onChange={setKind}
      />
      <div>
        <Button
          onPress={() =>
            template.mutate({
              url: `/api/membership/v1/import-templates?list=${kind}&file=xlsx`,
              name: `vorlage-${kind}.xlsx`,
            })
          }
        >
          {t("imports.template")}
        </Button>
      </div>
      <div className="field">
        <label htmlFor="file">{t("imports.file")}</label>
        <span className="hint">{t("imports.file_hint")}</span>
        <input
          id="file"
          type="file"
          accept=".csv,.xlsx"
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
      </div>
      {(send.error ?? template.error) && <Failure error={(send.error ?? template.error) as Error} />}
      <div className="row">
        <Button look="primary" full isDisabled={!file} pending={send.isPending} onPress={() => go(true)}>
          {t("imports.try")}
        </Button>
        <Button full isDisabled={!file} onPress={() => go(false)}>
          {t("imports.import")}
        </Button>
      </div>
    </section>
  );
}
