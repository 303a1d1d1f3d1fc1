/** The networks in which a company is an active member. */

import { queryOptions } from "@tanstack/react-query";
import { all, got, membership } from "../api/client";
import type { Network } from "../api/types";

export const companyNetworks = (organisation: string) =>
  queryOptions({
    queryKey: ["company-networks", organisation],
    queryFn: async (): Promise<Network[]> => {
      const every = await all((cursor) =>
        membership.GET("/api/membership/v1/networks", {
          params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } },
        }),
      );
      const member = await Promise.all(
        every.map(async (network) => {
          const path = { network_id: network.id };
          const found = got(
            await membership.GET("/api/membership/v1/networks/{network_id}/memberships", {
              params: { path, query: { status: "active" } },
            }),
          );
          return found.items.some((one) => one.organisation_id === organisation);
        }),
      );
      return every.filter((_, index) => member[index]);
    },
    staleTime: 300_000,
  });
