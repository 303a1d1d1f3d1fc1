import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";

export interface Item {
  id: string;
  text: ReactNode;
  /** An address, or an action. */
  to?: string;
  act?: () => void;
  chosen?: boolean;
}

export interface Section {
  title: string;
  items: Item[];
}

/** A menu below its button. */
export function MenuButton({
  items = [],
  sections = [],
  head,
  children,
}: {
  items?: Item[];
  sections?: Section[];
  head?: ReactNode;
  children: ReactNode;
}) {
  const navigate = useNavigate();
  const every = [...items, ...sections.flatMap((section) => section.items)];
  const pick = (key: string | number) => {
    const item = every.find((one) => one.id === key);
    if (item?.to) navigate({ to: item.to });
    item?.act?.();
  };
  return (
    <MenuTrigger>
      {children}
      <Popover className="popover">
        {head}
        <Menu onAction={pick} aria-label="Menu">
          {items.map((item) => (
            <Row key={item.id} item={item} />
          ))}
          {sections.map((section) => (
            <MenuSection key={section.title} aria-label={section.title}>
              <Header className="menu-head">{section.title}</Header>
              {section.items.map((item) => (
                <Row key={item.id} item={item} />
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function Row({ item }: { item: Item }) {
  const text = typeof item.text === "string" ? item.text : item.id;
  return (
    <MenuItem id={item.id} className="menu-item" textValue={text}>
      {item.chosen !== undefined && <span aria-hidden="true">{item.chosen ? "●" : "○"}</span>}
      <span className="wrap">{item.text}</span>
    </MenuItem>
  );
}
