import {
  IconAward,
  IconBell,
  IconBuildings,
  IconCalendarEvent,
  IconChartBar,
  IconChecklist,
  IconClipboardPlus,
  IconFileEuro,
  IconHome,
  IconLayoutKanban,
  IconListDetails,
  IconMailFast,
  IconNetwork,
  IconSearch,
  IconTableImport,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import type { Workspace } from "./workspaces";

/** One entry of the rail; `label` is a key of the texts under `nav`. */
export interface Entry {
  to: string;
  label: string;
  /** A shorter label for the tabs of a phone. */
  short?: string;
  icon: typeof IconHome;
}

/** Entries of a workspace, the landing page first; on a phone the first four are tabs. */
export function entries(workspace: Workspace | undefined, network: string | undefined): Entry[] {
  if (!workspace) return [];
  const { kind, id } = workspace;
  if (kind === "network") {
    const at = `/n/${id}`;
    return [
      { to: `${at}/today`, label: "today", icon: IconChecklist },
      { to: `${at}/needs`, label: "needs", icon: IconListDetails },
      { to: `${at}/board`, label: "board", icon: IconLayoutKanban },
      { to: `${at}/sessions`, label: "sessions", short: "sessions_short", icon: IconCalendarEvent },
      { to: `${at}/calls`, label: "calls", icon: IconFileEuro },
      { to: `${at}/companies`, label: "companies", icon: IconBuildings },
      { to: `${at}/report`, label: "report", icon: IconChartBar },
      { to: `${at}/deliveries`, label: "deliveries", icon: IconMailFast },
      { to: `${at}/webhooks`, label: "webhooks", icon: IconWebhook },
      { to: `${at}/imports`, label: "imports", icon: IconTableImport },
    ];
  }
  if (kind === "company") {
    const at = network ? `/o/${id}/${network}` : "";
    const people = { to: `/o/${id}/people`, label: "people", short: "people_short", icon: IconUsers };
    if (!at) return [{ to: `/o/${id}`, label: "overview", icon: IconHome }, people];
    return [
      { to: `${at}/overview`, label: "overview", icon: IconHome },
      { to: `${at}/post-need`, label: "post_need", icon: IconClipboardPlus },
      { to: `${at}/courses`, label: "find_courses", icon: IconSearch },
      { to: `${at}/bookings`, label: "bookings", icon: IconCalendarEvent },
      people,
    ];
  }
  if (kind === "reports") return [{ to: "/reports", label: "overview", icon: IconChartBar }];
  if (kind === "participant") return [{ to: "/me/courses", label: "my_courses", icon: IconAward }];
  if (kind === "provider") {
    return [
      { to: `/p/${id}/calls`, label: "invitations", icon: IconFileEuro },
      { to: `/p/${id}/sessions`, label: "my_sessions", icon: IconCalendarEvent },
    ];
  }
  return [
    { to: "/admin/networks", label: "networks", icon: IconNetwork },
    { to: "/admin/organisations", label: "organisations", icon: IconBuildings },
    { to: "/admin/people", label: "people_roles", icon: IconUsers },
  ];
}

export const INBOX: Entry = { to: "/inbox", label: "inbox", icon: IconBell };
