/** What a person has typed and not sent is kept on this device, through reloads and ended sessions. */

import { useEffect, useRef, useState } from "react";

const PREFIX = "vw.draft.";
const KEPT_MS = 30 * 86_400_000;
const WRITE_AFTER_MS = 250;

function read<T>(key: string): T | undefined {
  try {
    const found = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null") as { at: number; value: T } | null;
    return found && Date.now() - found.at < KEPT_MS ? found.value : undefined;
  } catch {
    return undefined;
  }
}

/** Like useState, kept under `key`; the third value forgets the draft, as after sending. */
export function useDraft<T extends object>(
  key: string,
  initial: T,
): [T, (value: T) => void, () => void, boolean] {
  const [restored] = useState(() => read<Partial<T>>(key));
  const [value, setValue] = useState<T>({ ...initial, ...restored });
  const dirty = useRef(false);
  useEffect(() => {
    if (!dirty.current) return;
    const timer = setTimeout(
      () => localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), value })),
      WRITE_AFTER_MS,
    );
    return () => clearTimeout(timer);
  }, [key, value]);
  const change = (next: T) => {
    dirty.current = true;
    setValue(next);
  };
  const discard = () => {
    dirty.current = false;
    localStorage.removeItem(PREFIX + key);
  };
  return [value, change, discard, restored !== undefined];
}
