import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { stored } from "../api/tokens";
import { Failure } from "../parts/Page";
import { Crash, Missing } from "./Missing";
import { Shell } from "./Shell";

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing, errorComponent: Crash });

const signin = createRoute({
  getParentRoute: () => root,
  path: "sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } => {
    // Only addresses of this site: what follows the sign-in is no one else's choice.
    const to = typeof search.to === "string" && /^\/(?![/\\])/.test(search.to) ? search.to : undefined;
    return to ? { to } : {};
  },
  component: lazyRouteComponent(() => import("../pages/signin/SignInPage"), "SignInPage"),
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: ({ location }) => {
    if (stored() === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
  },
  component: Shell,
  errorComponent: ({ error }) => <Failure error={error as Error} />,
});

const under = <P extends string>(path: P, load: Parameters<typeof lazyRouteComponent>[0], name: string) =>
  createRoute({ getParentRoute: () => app, path, component: lazyRouteComponent(load, name as never) });

const pages = [
  under("/", () => import("../pages/start/StartPage"), "StartPage"),
  under("inbox", () => import("../pages/inbox/InboxPage"), "InboxPage"),
  under("n/$network/today", () => import("../pages/today/TodayPage"), "TodayPage"),
  under("n/$network/needs", () => import("../pages/needs/NeedsPage"), "NeedsPage"),
  under("n/$network/board", () => import("../pages/board/BoardPage"), "BoardPage"),
  under("n/$network/sessions", () => import("../pages/sessions/SessionsPage"), "SessionsPage"),
  under("n/$network/sessions/new", () => import("../pages/sessions/SchedulePage"), "SchedulePage"),
  under("n/$network/sessions/$session", () => import("../pages/sessions/SessionPage"), "SessionPage"),
  under("n/$network/calls", () => import("../pages/calls/CallsPage"), "CallsPage"),
  under("n/$network/calls/new", () => import("../pages/calls/NewCallPage"), "NewCallPage"),
  under("n/$network/calls/$call", () => import("../pages/calls/CallPage"), "CallPage"),
  under("n/$network/companies", () => import("../pages/companies/CompaniesPage"), "CompaniesPage"),
  under("n/$network/report", () => import("../pages/reports/NetworkReportPage"), "NetworkReportPage"),
  under("n/$network/deliveries", () => import("../pages/deliveries/DeliveriesPage"), "DeliveriesPage"),
  under("n/$network/webhooks", () => import("../pages/webhooks/WebhooksPage"), "WebhooksPage"),
  under("n/$network/webhooks/$webhook", () => import("../pages/webhooks/WebhookPage"), "WebhookPage"),
  under("n/$network/imports", () => import("../pages/imports/ImportsPage"), "ImportsPage"),
  under("settings", () => import("../pages/settings/SettingsPage"), "SettingsPage"),
  under("o/$organisation", () => import("../pages/company/CompanyStartPage"), "CompanyStartPage"),
  under("o/$organisation/people", () => import("../pages/company/PeoplePage"), "PeoplePage"),
  under("o/$organisation/$network/overview", () => import("../pages/company/OverviewPage"), "OverviewPage"),
  under("o/$organisation/$network/post-need", () => import("../pages/company/PostNeedPage"), "PostNeedPage"),
  under("o/$organisation/$network/courses", () => import("../pages/company/CoursesPage"), "CoursesPage"),
  under("o/$organisation/$network/courses/$session", () => import("../pages/company/BookPage"), "BookPage"),
  under("o/$organisation/$network/bookings", () => import("../pages/company/BookingsPage"), "BookingsPage"),
  under("me/courses", () => import("../pages/participant/MyCoursesPage"), "MyCoursesPage"),
  under("p/$organisation/sessions", () => import("../pages/provider/ProviderPage"), "ProviderPage"),
  under("p/$organisation/calls", () => import("../pages/provider/InvitationsPage"), "InvitationsPage"),
  under("p/$organisation/calls/$call", () => import("../pages/provider/InvitationPage"), "InvitationPage"),
  under("reports", () => import("../pages/reports/OverviewReportPage"), "OverviewReportPage"),
  under("reports/$network", () => import("../pages/reports/NetworkReportPage"), "NetworkReportPage"),
  under("admin/networks", () => import("../pages/admin/NetworksPage"), "NetworksPage"),
  under("admin/organisations", () => import("../pages/admin/OrganisationsPage"), "OrganisationsPage"),
  under("admin/people", () => import("../pages/admin/PeoplePage"), "PeoplePage"),
];

export const router = createRouter({
  routeTree: root.addChildren([signin, app.addChildren(pages)]),
  defaultPreload: "intent",
  scrollRestoration: true,
});
