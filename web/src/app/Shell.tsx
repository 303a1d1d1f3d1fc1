import { IconDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { Button as Pressable } from "react-aria-components/Button";
import { useTranslation } from "react-i18next";
import { me, unread } from "../api/queries";
import { Announcer } from "../parts/Announcer";
import { MenuButton } from "../parts/Menus";
import { Failure, Skeleton } from "../parts/Page";
import { type Entry, entries, INBOX } from "./navigation";
import { PersonMenu } from "./PersonMenu";
import { PlaceMenu } from "./PlaceMenu";
import { SignInAgain } from "./SignInAgain";
import { workspaceAt, workspaces } from "./workspaces";

const TABS = 4;

/** The frame around every page: top bar, rail or tabs, dialogs that may come from anywhere. */
export function Shell() {
  const { t } = useTranslation();
  const asked = useQuery(me());
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    // A new page begins at its heading, for the eye and for the screen reader.
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);

  const mine = workspaces(asked.data?.grants ?? []);
  const here = workspaceAt(path, mine) ?? remembered(mine);
  useEffect(() => {
    if (here) sessionStorage.setItem("vw.place", `${here.kind}/${here.id}`);
  }, [here]);
  const network = path.match(/^\/o\/[^/]+\/([0-9a-f-]{36})/)?.[1] ?? lastNetwork(here?.id);
  useEffect(() => {
    if (here?.kind === "company" && network) sessionStorage.setItem(`vw.network.${here.id}`, network);
  }, [here, network]);
  const shown = entries(here, network);
  return (
    <div className="shell">
      <a href="#main" className="skip">
        {t("nav.skip")}
      </a>
      <header className="shell-bar">
        <Link to="/" className="shell-brand" aria-label="Verbundwerk">
          <img src="/icon.svg" alt="" width="28" height="28" />
        </Link>
        <div className="shell-place">
          {asked.data && <PlaceMenu mine={mine} here={here} me={asked.data} />}
        </div>
        <InboxLink />
        {asked.data && <PersonMenu me={asked.data} />}
      </header>
      <nav className="shell-rail" aria-label={t("nav.main")}>
        {shown.map((entry) => (
          <NavLink key={entry.to} entry={entry} />
        ))}
      </nav>
      <main id="main" className="shell-main" ref={main} tabIndex={-1}>
        {asked.error && !asked.data ? (
          <Failure error={asked.error} retry={() => asked.refetch()} />
        ) : (
          <Suspense fallback={<Skeleton />}>{asked.data ? <Outlet /> : <Skeleton />}</Suspense>
        )}
      </main>
      {shown.length > 1 && <Tabs shown={shown} />}
      <Announcer />
      <SignInAgain email={asked.data?.email ?? ""} />
    </div>
  );
}

function remembered(mine: ReturnType<typeof workspaces>) {
  const key = sessionStorage.getItem("vw.place");
  return mine.find((one) => `${one.kind}/${one.id}` === key) ?? mine[0];
}

function lastNetwork(organisation: string | undefined): string | undefined {
  return (organisation && sessionStorage.getItem(`vw.network.${organisation}`)) || undefined;
}

function NavLink({ entry, tab = false }: { entry: Entry; tab?: boolean }) {
  const { t } = useTranslation();
  const Icon = entry.icon;
  return (
    <Link to={entry.to} className="nav-link" activeOptions={{ exact: false, includeSearch: false }}>
      <Icon size={22} stroke={1.75} aria-hidden="true" />
      <span>{t(`nav.${(tab && entry.short) || entry.label}` as "nav.today")}</span>
    </Link>
  );
}

function Tabs({ shown }: { shown: Entry[] }) {
  const { t } = useTranslation();
  const fits = shown.length <= TABS + 1;
  const tabs = fits ? shown : shown.slice(0, TABS);
  const rest = fits ? [] : shown.slice(TABS);
  return (
    <nav className="shell-tabs" aria-label={t("nav.main")}>
      {tabs.map((entry) => (
        <NavLink key={entry.to} entry={entry} tab />
      ))}
      {rest.length > 0 && (
        <MenuButton
          items={rest.map((entry) => ({
            id: entry.to,
            text: t(`nav.${entry.label}` as "nav.today"),
            to: entry.to,
          }))}
        >
          <Pressable className="tab-more">
            <IconDots size={22} aria-hidden="true" />
            <span>{t("nav.more")}</span>
          </Pressable>
        </MenuButton>
      )}
    </nav>
  );
}

function InboxLink() {
  const { t } = useTranslation();
  const { data = 0 } = useQuery(unread());
  const Icon = INBOX.icon;
  return (
    <Link to="/inbox" className="button quiet" aria-label={t("nav.inbox_count", { count: data })}>
      <Icon size={22} stroke={1.75} aria-hidden="true" />
      {data > 0 && <span className="badge">{data > 99 ? "99+" : data}</span>}
    </Link>
  );
}
