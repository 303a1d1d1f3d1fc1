/** One polite live region for the whole page, and short notes at its foot. */

import { useEffect, useSyncExternalStore } from "react";

const SHOWN_MS = 8000;

let current: { text: string; number: number } | null = null;
const listeners = new Set<() => void>();

function change(next: typeof current): void {
  current = next;
  for (const listener of listeners) listener();
}

export function say(text: string): void {
  change({ text, number: (current?.number ?? 0) + 1 });
}

export function Announcer() {
  const note = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
  useEffect(() => {
    if (!note) return;
    const timer = setTimeout(() => current === note && change(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {note && (
        <div className="toast" key={note.number}>
          {note.text}
        </div>
      )}
    </div>
  );
}
