import {
  IconAlertTriangle,
  IconCircle,
  IconCircleCheck,
  IconDiamond,
  IconHourglass,
  IconInfoCircle,
} from "@tabler/icons-react";
import type { ReactNode } from "react";

/** What a status means for the reader; the shape says it without colour. */
export type Tone = "done" | "waiting" | "stop" | "info" | "proposal" | "past";

const SHAPES = {
  done: IconCircleCheck,
  waiting: IconHourglass,
  stop: IconAlertTriangle,
  info: IconInfoCircle,
  proposal: IconDiamond,
  past: IconCircle,
} as const;

export function Shape({ tone, size = 18 }: { tone: Tone; size?: number }) {
  const Icon = SHAPES[tone];
  return <Icon size={size} aria-hidden="true" />;
}

export function Status({ tone, struck, children }: { tone: Tone; struck?: boolean; children: ReactNode }) {
  return (
    <span className={`chip tone-${tone}`}>
      <Shape tone={tone} size={16} />
      <span className={struck ? "struck" : undefined}>{children}</span>
    </span>
  );
}

export function Notice({
  tone,
  title,
  children,
  role,
}: {
  tone: Tone;
  title?: ReactNode;
  children?: ReactNode;
  role?: "alert" | "status";
}) {
  return (
    <div className={`notice tone-${tone}`} role={role}>
      <Shape tone={tone} />
      {title && <strong>{title}</strong>}
      {children}
    </div>
  );
}
