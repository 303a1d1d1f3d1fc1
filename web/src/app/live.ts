/** A network's figures, kept up to date by the reporting service's event stream. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { figures } from "../api/queries";
import { listen } from "../api/stream";
import type { NetworkFigures } from "../api/types";

export function useLiveFigures(network: string) {
  const client = useQueryClient();
  const [live, setLive] = useState(false);
  useEffect(() => {
    const ended = new AbortController();
    void listen(`/api/reporting/v1/networks/${network}/figures/stream`, ended.signal, {
      connected: setLive,
      event: (name, data) => {
        if (name !== "figures") return;
        client.setQueryData(figures(network).queryKey, JSON.parse(data) as NetworkFigures);
        // The figures changed because something happened: what the page lists is asked again.
        for (const key of ["sessions", "needs", "pools", "memberships"]) {
          void client.invalidateQueries({ queryKey: [key, network] });
        }
      },
    });
    return () => ended.abort();
  }, [client, network]);
  return { ...useQuery(figures(network)), live };
}
