/** One typed client per service. Every answer is data or throws `Problem` or `Offline`. */

import createClient, { type Middleware } from "openapi-fetch";
import type { paths as Courses } from "./generated/courses";
import type { paths as Membership } from "./generated/membership";
import type { paths as Notifications } from "./generated/notifications";
import type { paths as Reporting } from "./generated/reporting";
import { Offline, problemOf } from "./problem";
import { accessToken } from "./tokens";

/** Asks the person to sign in again; resolves with true when the request is to be sent again. */
let signInAgain: () => Promise<boolean> = async () => false;

export function onSessionEnd(ask: () => Promise<boolean>): void {
  signInAgain = ask;
}

/** fetch with the person's token, the page's language, and another try after signing in again. */
export async function authorised(request: Request): Promise<Response> {
  let refused: string | undefined;
  for (let attempt = 0; ; attempt++) {
    let token: string | null;
    let answer: Response | null = null;
    try {
      token = await accessToken(refused);
      if (token) {
        const sent = new Request(request.clone());
        sent.headers.set("authorization", `Bearer ${token}`);
        sent.headers.set("accept-language", document.documentElement.lang);
        answer = await fetch(sent);
      }
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw new Offline();
    }
    if (answer && answer.status !== 401) return answer;
    if (token && refused === undefined) {
      refused = token;
      continue;
    }
    // Whatever was typed stays on the page below the dialog; the same request goes out again, with its key.
    if (attempt > 4 || !(await signInAgain())) {
      return answer ?? new Response(null, { status: 401 });
    }
    refused = undefined;
  }
}

const orProblem: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
};

function client<T extends object>() {
  const made = createClient<T>({ fetch: authorised });
  made.use(orProblem);
  return made;
}

export const membership = client<Membership>();
export const courses = client<Courses>();
export const notifications = client<Notifications>();
export const reporting = client<Reporting>();

interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/** All pages of a list, at most `most` items: a network has tens of pools and some hundred companies. */
export async function all<T>(
  ask: (cursor: string | undefined) => Promise<{ data?: Page<T> }>,
  most = 1000,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await ask(cursor);
    found.push(...(data?.items ?? []));
    cursor = data?.next_cursor ?? undefined;
  } while (cursor && found.length < most);
  return found;
}

/** The data of an answer; openapi-fetch types it as optional, though a refusal has thrown by now. */
export function got<T>(answer: { data?: T }): T {
  if (answer.data === undefined) throw new TypeError("an answer without data");
  return answer.data;
}
