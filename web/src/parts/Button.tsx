import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button as Base, type ButtonProps } from "react-aria-components/Button";

type Look = "primary" | "plain" | "quiet" | "danger" | "icon";

function names(look: Look, full: boolean): string {
  const look_ = look === "plain" ? "" : look === "icon" ? " quiet icon" : ` ${look}`;
  return `button${look_}${full ? " full-on-phone" : ""}`;
}

export function Button({
  look = "plain",
  full = false,
  pending = false,
  ...props
}: Omit<ButtonProps, "className"> & { look?: Look; full?: boolean; pending?: boolean }) {
  return <Base {...props} isPending={pending} className={names(look, full)} />;
}

/** A link that looks like a button; `to` may carry search parameters, e.g. `/n/1/companies?status=applied`. */
export function LinkButton({
  look = "plain",
  full = false,
  to,
  children,
}: {
  look?: Look;
  full?: boolean;
  to: string;
  children: ReactNode;
}) {
  const [path, query] = to.split("?");
  return (
    <Link
      to={path ?? "/"}
      search={Object.fromEntries(new URLSearchParams(query))}
      className={names(look, full)}
    >
      {children}
    </Link>
  );
}
