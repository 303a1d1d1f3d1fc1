import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import { seatOffers } from "../../api/queries";
import type { Person } from "../../api/types";
import { moment } from "../../i18n/format";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Failure } from "../../parts/Page";
import { Notice } from "../../parts/Status";

const AT = "/api/courses/v1/sessions/{session_id}/seat-offers/{seat_offer_id}";

/** Seats that were offered to the company from the waitlist, and until when it may take them. */
export function SeatOffers({
  session,
  organisation,
  staff,
  names,
}: {
  session: string;
  organisation: string;
  staff: Person[];
  names: ReadonlyMap<string, string>;
}) {
  const { t } = useTranslation();
  const offers =
    useQuery(seatOffers(session)).data?.filter((one) => one.organisation_id === organisation) ?? [];
  const touches = [["seat-offers", session], ["bookings", session], ["session", session], ["sessions"]];
  const answer = useCommand({
    run: async ({ id, take }: { id: string; take: boolean }, key) => {
      const params = { path: { session_id: session, seat_offer_id: id }, ...keyed(key) };
      if (take) return got(await courses.POST(`${AT}/accept`, { params, body: {} }));
      return got(await courses.POST(`${AT}/decline`, { params, body: {} }));
    },
    touches,
    done: (_, { take }) => say(t(take ? "seat_offer.taken" : "seat_offer.declined")),
  });
  return offers.map((offer) => (
    <Notice
      key={offer.id}
      tone="proposal"
      title={t("seat_offer.title", { count: offer.seats, when: moment(offer.expires_at) })}
      role="status"
    >
      <p>
        {offer.booking_ids
          .map((id) => staff.find((one) => one.id === names.get(id))?.name ?? t("booking.somebody"))
          .join(", ")}
      </p>
      {answer.error && <Failure error={answer.error} />}
      <div className="row">
        <Button
          look="primary"
          full
          pending={answer.isPending}
          onPress={() => answer.mutate({ id: offer.id, take: true })}
        >
          {t("seat_offer.take", { count: offer.seats })}
        </Button>
        <Button full onPress={() => answer.mutate({ id: offer.id, take: false })}>
          {t("seat_offer.decline")}
        </Button>
      </div>
    </Notice>
  ));
}
