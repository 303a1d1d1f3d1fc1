import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { needs, pools } from "../../api/queries";
import type { Need } from "../../api/types";
import { useIds } from "../../app/ids";
import { useLiveFigures } from "../../app/live";
import { Button } from "../../parts/Button";
import { SelectField } from "../../parts/Field";
import { Failure, Loaded, Page } from "../../parts/Page";
import { useCompanyNames, useTopics } from "../../parts/terms";
import { NewPool } from "./NewPool";
import { OpenNeeds } from "./OpenNeeds";
import { PoolColumn } from "./PoolColumn";
import { usePooling } from "./pooling";

/** Which needs make one course? By drag, by keyboard and by menu, all three the same. */
export function BoardPage() {
  const { t } = useTranslation();
  const { network } = useIds();
  useLiveFigures(network);
  const topics = useTopics();
  const company = useCompanyNames(network);
  const [topic, setTopic] = useState("");
  const [started, setStarted] = useState<Need[] | null>(null);
  const pooling = usePooling(network);
  const posted = useQuery(needs(network));
  const pooled = useQuery(pools(network));
  const error = (posted.data ? null : posted.error) ?? (pooled.data ? null : pooled.error);
  const data = posted.data && pooled.data ? { needs: posted.data, pools: pooled.data } : undefined;
  const label = (need: Need) => company(need.organisation_id) || t("needs.a_company");
  return (
    <Page
      wide
      title={t("board.title")}
      lead={t("board.lead")}
      action={
        <Button look="primary" full onPress={() => setStarted([])}>
          {t("board.new")}
        </Button>
      }
    >
      {pooling.error && <Failure error={pooling.error} />}
      <Loaded of={{ data, error, refetch: () => Promise.all([posted.refetch(), pooled.refetch()]) }}>
        {(found) => {
          const open = found.needs.filter(
            (need) => need.state === "posted" && (!topic || need.topic_code === topic),
          );
          const live = found.pools.filter((pool) => pool.state !== "dissolved");
          return (
            <div className="board">
              <section className="card stack" aria-labelledby="open-needs">
                <h2 id="open-needs">{t("board.open", { count: open.length })}</h2>
                <SelectField
                  label={t("needs.topic")}
                  value={topic}
                  onChange={(event) => setTopic(event.target.value)}
                >
                  <option value="">{t("common.all")}</option>
                  {[...new Set(found.needs.map((need) => need.topic_code))].map((code) => (
                    <option key={code} value={code}>
                      {topics.title(code)}
                    </option>
                  ))}
                </SelectField>
                <OpenNeeds
                  needs={open}
                  pools={live}
                  title={topics.title}
                  label={label}
                  move={(need, pool) => pooling.move(need, pool)}
                  start={(need) => setStarted([need])}
                />
              </section>
              <div className="board-pools">
                {live.map((pool, index) => (
                  <PoolColumn
                    key={pool.id}
                    pool={pool}
                    number={index + 1}
                    needs={found.needs.filter((need) => need.pool_id === pool.id)}
                    title={topics.title(pool.topic_code)}
                    label={label}
                    drop={(id) => {
                      const need = open.find((one) => one.id === id);
                      if (need) pooling.move(need, pool);
                    }}
                  />
                ))}
                {live.length === 0 && <p className="muted">{t("board.no_pools")}</p>}
              </div>
            </div>
          );
        }}
      </Loaded>
      {started && <NewPool network={network} needs={started} close={() => setStarted(null)} />}
    </Page>
  );
}
