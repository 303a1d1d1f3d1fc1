/** Where a person works: one place per role and network or company, from the grants. */

import type { Grant } from "../api/types";

export type Kind = "network" | "company" | "provider" | "participant" | "reports" | "admin";

export interface Workspace {
  kind: Kind;
  /** Network or organisation; "" where the role has none. */
  id: string;
}

const KINDS: Partial<Record<Grant["role"], Kind>> = {
  platform_admin: "admin",
  network_manager: "network",
  company_hr: "company",
  provider: "provider",
  association: "reports",
  funder: "reports",
  evaluator: "reports",
  participant: "participant",
};
const ORDER: Kind[] = ["network", "company", "provider", "admin", "reports", "participant"];

export function workspaces(grants: readonly Grant[]): Workspace[] {
  const found = new Map<string, Workspace>();
  for (const grant of grants) {
    const kind = KINDS[grant.role];
    if (!kind) continue;
    const placeless = kind === "admin" || kind === "reports" || kind === "participant";
    const id = placeless ? "" : ((kind === "network" ? grant.network_id : grant.organisation_id) ?? "");
    found.set(`${kind}/${id}`, { kind, id });
  }
  return [...found.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

export function home(workspace: Workspace): string {
  switch (workspace.kind) {
    case "network":
      return `/n/${workspace.id}/today`;
    case "company":
      return `/o/${workspace.id}`;
    case "provider":
      return `/p/${workspace.id}/calls`;
    case "participant":
      return "/me/courses";
    case "reports":
      return "/reports";
    case "admin":
      return "/admin/networks";
  }
}

/** The workspace that an address belongs to; pages like the inbox belong to none. */
export function workspaceAt(path: string, mine: readonly Workspace[]): Workspace | undefined {
  const [, area, id] = path.split("/");
  const kind = {
    n: "network",
    o: "company",
    p: "provider",
    me: "participant",
    admin: "admin",
    reports: "reports",
  }[area ?? ""];
  return mine.find((one) => one.kind === kind && (one.id === "" || one.id === id));
}
