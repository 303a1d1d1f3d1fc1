/** A company's own bookings over all sessions of its network. */

import { useQueries, useQuery } from "@tanstack/react-query";
import { bookings, sessions } from "../../api/queries";
import type { Booking, Session } from "../../api/types";

export interface Mine {
  booking: Booking;
  session: Session;
}

/** One request per session: a network has tens of them. */
export function useMyBookings(network: string, organisation: string) {
  const planned = useQuery(sessions(network));
  const bookable = (planned.data ?? []).filter((session) => session.state !== "draft");
  const asked = useQueries({ queries: bookable.map((session) => bookings(session.id, 30_000)) });
  const pending = planned.data === undefined || asked.some((one) => one.data === undefined);
  const data: Mine[] | undefined = pending
    ? undefined
    : bookable.flatMap((session, index) =>
        (asked[index]?.data ?? [])
          .filter((booking) => booking.organisation_id === organisation)
          .map((booking) => ({ booking, session })),
      );
  const error = planned.error ?? asked.find((one) => one.error)?.error ?? null;
  return {
    data,
    error,
    refetch: () => Promise.all([planned.refetch(), ...asked.map((one) => one.refetch())]),
  };
}
