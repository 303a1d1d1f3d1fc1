/** Signing in and out, and the question that comes when a session has ended. */

import { useSyncExternalStore } from "react";
import { Offline, problemOf } from "../api/problem";
import { forget, keep, stored } from "../api/tokens";

/** Signs in; `code` is that of the authenticator app, where the person has one. */
export async function signIn(email: string, password: string, code?: string): Promise<void> {
  const body = { email, password, ...(code ? { code } : {}) };
  keep(await (await post("/api/membership/v1/tokens", body)).json());
}

export async function signOut(): Promise<void> {
  const tokens = stored();
  forget();
  // The person has signed out of this device even if the service cannot be told.
  if (tokens)
    await post("/api/membership/v1/tokens/revoke", { refresh_token: tokens.refresh }).catch(() => {});
}

async function post(url: string, body: object): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "accept-language": document.documentElement.lang },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Offline();
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/** Requests that wait for the person to sign in again. */
let waiting: ((again: boolean) => void)[] = [];
const watchers = new Set<() => void>();

export function askToSignInAgain(): Promise<boolean> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    for (const watcher of watchers) watcher();
  });
}

export function answerSignIn(again: boolean): void {
  const resolved = waiting;
  waiting = [];
  for (const watcher of watchers) watcher();
  for (const resolve of resolved) resolve(again);
}

export function useSignInAsked(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => waiting.length > 0,
  );
}

export interface DemoPerson {
  role: string;
  name: string;
  email: string;
  password: string;
}

/** The demo's people, where the gateway of a local runtime serves them; none in earnest. */
export async function demoPeople(): Promise<DemoPerson[]> {
  const answer = await fetch("/demo.json").catch(() => null);
  if (!answer?.ok || !answer.headers.get("content-type")?.includes("json")) return [];
  return ((await answer.json()) as { people: DemoPerson[] }).people;
}
