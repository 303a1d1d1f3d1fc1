import { useTranslation } from "react-i18next";
import type { Session } from "../api/types";

const DRAWN = 40;

/** One mark per seat and the same in words; large rooms as a bar. */
export function Seats({ session, words = true }: { session: Session; words?: boolean }) {
  const { t } = useTranslation();
  const { confirmed, free, waitlisted } = session.seats;
  const text = t("seats.sentence", { confirmed, capacity: session.capacity });
  return (
    <div className="stack tight">
      {session.capacity <= DRAWN ? (
        <div className="seats" aria-hidden="true">
          {Array.from({ length: session.capacity }, (_, seat) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a seat is nothing but its number
            <span key={seat} className={seat < confirmed ? "seat taken" : "seat"} />
          ))}
        </div>
      ) : (
        <Meter value={confirmed} of={session.capacity} />
      )}
      {words ? (
        <span className="small">
          {text}
          {free > 0 && ` · ${t("seats.free", { count: free })}`}
          {waitlisted > 0 && ` · ${t("seats.waiting", { count: waitlisted })}`}
        </span>
      ) : (
        <span className="visually-hidden">{text}</span>
      )}
    </div>
  );
}

/** A bar towards a mark; the words beside it say the same. */
export function Meter({ value, of, mark }: { value: number; of: number; mark?: number }) {
  const share = (part: number) => `${Math.min(100, (100 * part) / Math.max(1, of))}%`;
  return (
    <div className="meter" aria-hidden="true">
      <span style={{ width: share(value) }} />
      {mark !== undefined && mark < of && <i style={{ left: share(mark) }} />}
    </div>
  );
}
