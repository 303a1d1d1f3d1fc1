import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { all, authorised, membership } from "../../api/client";
import { useCommand } from "../../api/commands";
import { problemOf } from "../../api/problem";
import { save } from "../../app/files";
import { moment } from "../../i18n/format";
import { Button } from "../../parts/Button";
import { Failure, Loaded } from "../../parts/Page";

/** What is held about me, and who looked at it. */
export function MyData() {
  const { t } = useTranslation();
  const accesses = useQuery({
    queryKey: ["accesses"],
    queryFn: () =>
      all((cursor) =>
        membership.GET("/api/membership/v1/me/accesses", {
          params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } },
        }),
      ),
  });
  const download = useCommand({
    run: async (_: string) => {
      const answer = await authorised(new Request(new URL("/api/membership/v1/me/export", location.href)));
      if (!answer.ok) throw await problemOf(answer);
      return answer.blob();
    },
    done: (blob) => save(blob, "meine-daten.json"),
  });
  return (
    <section className="card stack" aria-labelledby="data">
      <h2 id="data">{t("data.title")}</h2>
      <p className="muted">{t("data.why")}</p>
      {download.error && <Failure error={download.error} />}
      <div>
        <Button full pending={download.isPending} onPress={() => download.mutate("me")}>
          {t("data.download")}
        </Button>
      </div>
      <h3>{t("data.accesses")}</h3>
      <Loaded of={accesses} rows={2}>
        {(list) =>
          list.length === 0 ? (
            <p className="muted">{t("data.none")}</p>
          ) : (
            <ul className="stack tight" role="list">
              {list.map((one) => (
                <li key={`${one.viewer}${one.what}${one.first_at}`}>
                  <span className="strong wrap">{one.viewer_name ?? one.viewer}</span>
                  <div className="small muted wrap">
                    {one.what} · {one.why} · {moment(one.last_at)}
                    {one.count > 1 && ` · ${t("data.times", { count: one.count })}`}
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
