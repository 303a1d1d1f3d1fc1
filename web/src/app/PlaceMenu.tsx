import { IconSelector } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { networks, organisations } from "../api/queries";
import type { Me } from "../api/types";
import { Button } from "../parts/Button";
import { MenuButton } from "../parts/Menus";
import { home, type Workspace } from "./workspaces";

/** Which network or company one works in; with several a menu, and the choice is part of the address. */
export function PlaceMenu({ mine, here, me }: { mine: Workspace[]; here: Workspace | undefined; me: Me }) {
  const { t } = useTranslation();
  const nets = useQuery({ ...networks(), enabled: mine.some((one) => one.kind === "network") });
  const orgs = useQuery({
    ...organisations(),
    enabled: mine.some((one) => one.kind === "company" || one.kind === "provider"),
  });
  const name = (one: Workspace) => {
    if (one.kind === "network") return nets.data?.find(({ id }) => id === one.id)?.name ?? t("role.network");
    if (one.id) return orgs.data?.find(({ id }) => id === one.id)?.name ?? t("role.company");
    return t(`role.${one.kind}` as const);
  };
  if (!here) return null;
  const shown = <span className="label">{name(here)}</span>;
  if (mine.length < 2) {
    return (
      <span className="label strong">
        <bdi>{here.id ? name(here) : (me.name ?? name(here))}</bdi>
      </span>
    );
  }
  return (
    <MenuButton
      items={mine.map((one) => ({
        id: `${one.kind}/${one.id}`,
        text: name(one),
        to: home(one),
        chosen: one === here,
      }))}
    >
      <Button look="quiet" aria-label={t("nav.place", { name: name(here) })}>
        {shown}
        <IconSelector size={18} aria-hidden="true" />
      </Button>
    </MenuButton>
  );
}
