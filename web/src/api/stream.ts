/** Server-sent events by fetch, since the browser's EventSource cannot send a token. */

import { EventSourceParserStream } from "eventsource-parser/stream";
import { authorised } from "./client";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Reads until `signal` ends it; reconnects by itself, from the last event that arrived. */
export async function listen(
  url: string,
  signal: AbortSignal,
  on: { event: (name: string, data: string) => void; connected: (is: boolean) => void },
): Promise<void> {
  let last = "";
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = { accept: "text/event-stream" };
      if (last) headers["last-event-id"] = last;
      const answer = await authorised(new Request(new URL(url, location.href), { headers, signal }));
      if (answer.status === 403 || answer.status === 404) return;
      if (!answer.ok || !answer.body) throw new TypeError("no stream");
      on.connected(true);
      wait = FIRST_WAIT_MS;
      const events = answer.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      const reader = events.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (value.id) last = value.id;
        on.event(value.event ?? "message", value.data);
      }
    } catch {
      // The connection is retried below; what matters to the reader is `connected`.
    }
    on.connected(false);
    if (signal.aborted) return;
    await new Promise((resume) => setTimeout(resume, wait));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}
