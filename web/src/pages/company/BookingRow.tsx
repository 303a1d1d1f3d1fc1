import { useState } from "react";
import { useTranslation } from "react-i18next";
import { courses, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import type { Booking, Person, Session } from "../../api/types";
import { money } from "../../i18n/format";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { SelectField } from "../../parts/Field";
import { Failure } from "../../parts/Page";
import { State } from "../../parts/terms";

/** One of the company's bookings: where it stands, why, and what can still be changed. */
export function BookingRow({
  booking,
  session,
  staff,
}: {
  booking: Booking;
  session: Session;
  staff: Person[];
}) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<"cancel" | "substitute" | null>(null);
  const name = staff.find((person) => person.id === booking.participant_id)?.name ?? t("booking.somebody");
  const live = booking.status === "confirmed" || booking.status === "waitlisted";
  const changeable = live && ["open", "confirmed"].includes(session.state);
  return (
    <li>
      <div className="row">
        {booking.position !== null && (
          <span className="position" title={t("booking.position", { position: booking.position })}>
            {booking.position}
          </span>
        )}
        <div className="grow">
          <bdi className="strong">{name}</bdi>
          <div className="small muted">{booking.reason}</div>
        </div>
        <State kind="booking" of={booking.status} />
        {booking.fee_cents != null && booking.fee_cents > 0 && (
          <span className="small">{t("booking.fee", { amount: money(booking.fee_cents) })}</span>
        )}
        {changeable && (
          <div className="row tight">
            <Button look="quiet" onPress={() => setAsking("substitute")}>
              {t("booking.substitute")}
              <span className="visually-hidden">: {name}</span>
            </Button>
            <Button look="quiet" onPress={() => setAsking("cancel")}>
              {t("booking.cancel")}
              <span className="visually-hidden">: {name}</span>
            </Button>
          </div>
        )}
      </div>
      {asking === "cancel" && <Cancel booking={booking} name={name} close={() => setAsking(null)} />}
      {asking === "substitute" && (
        <Substitute booking={booking} name={name} staff={staff} close={() => setAsking(null)} />
      )}
    </li>
  );
}

function touches(booking: Booking) {
  return [["bookings", booking.session_id], ["session", booking.session_id], ["sessions"]];
}

function Cancel({ booking, name, close }: { booking: Booking; name: string; close: () => void }) {
  const { t } = useTranslation();
  const path = { session_id: booking.session_id, booking_id: booking.id };
  const command = useCommand({
    run: async (_: string, key) =>
      got(
        await courses.POST("/api/courses/v1/sessions/{session_id}/bookings/{booking_id}/cancel", {
          params: { path, ...keyed(key) },
        }),
      ),
    touches: touches(booking),
    done: (answer) => {
      say(answer.reason);
      close();
    },
  });
  return (
    <Dialog title={t("booking.cancel_title", { name })} open onClose={close}>
      <p>{t("booking.cancel_why")}</p>
      {command.error && <Failure error={command.error} />}
      <div className="row">
        <Button look="danger" full pending={command.isPending} onPress={() => command.mutate(booking.id)}>
          {t("booking.cancel_yes")}
        </Button>
        <Button look="quiet" full onPress={close}>
          {t("common.back")}
        </Button>
      </div>
    </Dialog>
  );
}

function Substitute({
  booking,
  name,
  staff,
  close,
}: {
  booking: Booking;
  name: string;
  staff: Person[];
  close: () => void;
}) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState("");
  const path = { session_id: booking.session_id, booking_id: booking.id };
  const command = useCommand({
    run: async (participant_id: string, key) =>
      got(
        await courses.POST("/api/courses/v1/sessions/{session_id}/bookings/{booking_id}/substitute", {
          params: { path, ...keyed(key) },
          body: { participant_id },
        }),
      ),
    touches: touches(booking),
    done: () => {
      say(t("booking.substituted"));
      close();
    },
  });
  const others = staff.filter(
    (person) => person.id !== booking.participant_id && person.status !== "deactivated",
  );
  return (
    <Dialog title={t("booking.substitute_title", { name })} open onClose={close}>
      <SelectField
        label={t("booking.instead")}
        value={chosen}
        onChange={(event) => setChosen(event.target.value)}
      >
        <option value="">{t("common.choose")}</option>
        {others.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      </SelectField>
      {command.error && <Failure error={command.error} />}
      <div className="row">
        <Button
          look="primary"
          full
          isDisabled={!chosen}
          pending={command.isPending}
          onPress={() => command.mutate(chosen)}
        >
          {t("booking.substitute")}
        </Button>
        <Button look="quiet" full onPress={close}>
          {t("common.back")}
        </Button>
      </div>
    </Dialog>
  );
}
