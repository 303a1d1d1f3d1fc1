/** Commands with a key each, so that a repeat after a lost answer happens once. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Offline } from "./problem";

export type Keyed = { params: { header: { "idempotency-key": string } } };

export interface CommandOptions<A, R> {
  /** Carries the command out; `key` goes into the Idempotency-Key header. */
  run: (input: A, key: string) => Promise<R>;
  /** Keys of queries whose answers are out of date afterwards. */
  touches?: readonly (readonly unknown[])[];
  done?: (answer: R, input: A) => void;
}

/**
 * A command of this page. The same input sent again after a failure keeps its key: whether the first one arrived
 * or not, it counts once. Other input, or the next command after a success, gets a new key.
 */
export function useCommand<A, R>({ run, touches = [], done }: CommandOptions<A, R>) {
  const client = useQueryClient();
  const last = useRef<{ print: string; key: string } | null>(null);
  return useMutation<R, Error, A>({
    mutationFn: async (input) => {
      const print = JSON.stringify(input);
      if (last.current?.print !== print) last.current = { print, key: crypto.randomUUID() };
      const answer = await run(input, last.current.key);
      last.current = null;
      return answer;
    },
    retry: (count, error) => error instanceof Offline && count < 2 && navigator.onLine,
    onSuccess: (answer, input) => done?.(answer, input),
    onSettled: () => Promise.all(touches.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export const keyed = (key: string) => ({ header: { "idempotency-key": key } });
