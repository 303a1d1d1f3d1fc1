/**
 * The tokens of the signed-in person, shared by all tabs. A refresh token works once, so only one tab at a time
 * exchanges it (Web Locks), and the others take what it got.
 */

export interface Tokens {
  access: string;
  refresh: string;
  /** When the access token ends, in milliseconds since 1970. */
  ends: number;
}

const KEY = "vw.tokens";
const LOCK = "vw.refresh";
/** An access token is exchanged this long before its end, so that no request meets the end on its way. */
const EARLY_MS = 20_000;

export function stored(): Tokens | null {
  try {
    const text = localStorage.getItem(KEY);
    return text ? (JSON.parse(text) as Tokens) : null;
  } catch {
    return null;
  }
}

export function keep(answer: { access_token: string; refresh_token: string; expires_in: number }): Tokens {
  const tokens = {
    access: answer.access_token,
    refresh: answer.refresh_token,
    ends: Date.now() + answer.expires_in * 1000,
  };
  localStorage.setItem(KEY, JSON.stringify(tokens));
  return tokens;
}

export function forget(): void {
  localStorage.removeItem(KEY);
}

/** Tells of a sign-in or sign-out in another tab. */
export function onOtherTab(told: () => void): () => void {
  const listener = (event: StorageEvent) => {
    if (event.key === KEY || event.key === null) told();
  };
  window.addEventListener("storage", listener);
  return () => window.removeEventListener("storage", listener);
}

/**
 * A valid access token, exchanged if need be; null when the session has ended. `refused`: a token that a service
 * has just turned down. Throws when the network is away, which ends no session.
 */
export async function accessToken(refused?: string): Promise<string | null> {
  const usable = (tokens: Tokens | null) =>
    tokens !== null && tokens.access !== refused && tokens.ends - EARLY_MS > Date.now();
  const now = stored();
  if (now === null) return null;
  if (usable(now)) return now.access;
  return navigator.locks.request(LOCK, async () => {
    const found = stored();
    if (found === null || usable(found)) return found?.access ?? null;
    const answer = await fetch("/api/membership/v1/tokens/refresh", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ refresh_token: found.refresh }),
    });
    if (answer.ok) return keep(await answer.json()).access;
    if (answer.status >= 500 || answer.status === 429) throw new TypeError("sign-in is not reachable");
    return null;
  });
}
