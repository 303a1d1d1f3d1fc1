import { IconUserCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/types";
import { type Language, language, speak } from "../i18n";
import { Button } from "../parts/Button";
import { MenuButton } from "../parts/Menus";
import { signOut } from "./signin";
import { choose, density, setDensity, type Theme, theme } from "./theme";

/** Language, theme and density of this device; signing out. */
export function PersonMenu({ me }: { me: Me }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const languages: Record<Language, string> = { de: "Deutsch", en: "English" };
  const themes: Theme[] = ["system", "light", "dark"];
  return (
    <MenuButton
      head={
        <div className="menu-head">
          <bdi className="strong">{me.name}</bdi>
          <br />
          <span className="wrap">{me.email}</span>
        </div>
      }
      sections={[
        {
          title: t("menu.language"),
          items: (["de", "en"] as const).map((id) => ({
            id: `language-${id}`,
            text: languages[id],
            chosen: language() === id,
            act: () => {
              void speak(id).then(() => client.invalidateQueries());
            },
          })),
        },
        {
          title: t("menu.theme"),
          items: themes.map((id) => ({
            id: `theme-${id}`,
            text: t(`menu.theme_${id}` as const),
            chosen: theme() === id,
            act: () => choose(id),
          })),
        },
        {
          title: t("menu.more"),
          items: [
            { id: "settings", text: t("menu.settings"), to: "/settings" },
            {
              id: "density",
              text: t(density() === "compact" ? "menu.roomy" : "menu.compact"),
              act: () => setDensity(density() === "compact" ? "normal" : "compact"),
            },
            {
              id: "sign-out",
              text: t("menu.sign_out"),
              act: () => {
                void signOut().then(() => {
                  client.clear();
                  return navigate({ to: "/sign-in" });
                });
              },
            },
          ],
        },
      ]}
    >
      <Button look="icon" aria-label={t("menu.person", { name: me.name })}>
        <IconUserCircle size={24} stroke={1.75} aria-hidden="true" />
      </Button>
    </MenuButton>
  );
}
