import { IconInbox } from "@tabler/icons-react";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Offline, Problem } from "../api/problem";
import { Button } from "./Button";
import { Notice } from "./Status";

/** A page: its one question as the heading, its one primary action beside it. */
export function Page({
  title,
  lead,
  action,
  wide,
  children,
}: {
  title: string;
  lead?: ReactNode;
  action?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Verbundwerk`;
  }, [title]);
  return (
    <div className={wide ? "shell-page wide" : "shell-page"}>
      <header className="page-head">
        <div className="grow">
          <h1>{title}</h1>
          {lead && <p>{lead}</p>}
        </div>
        {action && <div className="row full-on-phone">{action}</div>}
      </header>
      <div className="stack">{children}</div>
    </div>
  );
}

/** What would be here, why it is not, and one way on. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <IconInbox size={36} stroke={1.5} aria-hidden="true" />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export function Skeleton({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation();
  const lines = ["a", "b", "c", "d", "e", "f", "g", "h"].slice(0, rows);
  return (
    <div className="skeleton" role="status" aria-label={t("common.loading")}>
      {lines.map((line) => (
        <span key={line} />
      ))}
    </div>
  );
}

/** What failed, whether anything was saved, and another try. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useTranslation();
  const { reset } = useQueryErrorResetBoundary();
  const offline = error instanceof Offline;
  const problem = error instanceof Problem ? error : null;
  const title = offline
    ? t("error.offline_title")
    : problem?.status === 403
      ? t("error.forbidden_title")
      : problem?.status === 404
        ? t("error.missing_title")
        : t("error.title");
  return (
    <Notice tone="stop" title={title} role="alert">
      <p>
        {offline ? t("error.offline") : problem && problem.status < 500 ? problem.message : t("error.ours")}
      </p>
      {problem?.requestId && <p className="small">{t("error.request", { id: problem.requestId })}</p>}
      {retry && (
        <div>
          <Button
            onPress={() => {
              reset();
              retry();
            }}
          >
            {t("common.retry")}
          </Button>
        </div>
      )}
    </Notice>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: Error | null;
  refetch: () => unknown;
}

/** Shows a query's answer; a skeleton before it, what failed instead of it. */
export function Loaded<T>({
  of,
  rows,
  children,
}: {
  of: Asked<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <Failure error={of.error} retry={() => of.refetch()} />;
  return <Skeleton {...(rows ? { rows } : {})} />;
}
