import { useTranslation } from "react-i18next";
import type { Booking } from "../../api/types";
import { money } from "../../i18n/format";
import { Empty } from "../../parts/Page";
import { State } from "../../parts/terms";

/** Bookings by company in the order of the requests; a manager sees companies, not people. */
export function BookingTable({
  bookings,
  company,
}: {
  bookings: Booking[];
  company: (id: string) => string;
}) {
  const { t } = useTranslation();
  if (bookings.length === 0)
    return <Empty title={t("session.no_bookings")}>{t("session.no_bookings_why")}</Empty>;
  return (
    <div className="table-wrap">
      <table className="cards">
        <thead>
          <tr>
            <th scope="col">{t("booking.company")}</th>
            <th scope="col">{t("booking.status")}</th>
            <th scope="col">{t("booking.why")}</th>
            <th scope="col" className="right">
              {t("booking.price")}
            </th>
          </tr>
        </thead>
        <tbody>
          {bookings.map((booking) => (
            <tr key={booking.id}>
              <th scope="row">
                <bdi>{company(booking.organisation_id) || t("needs.a_company")}</bdi>
              </th>
              <td>
                <State kind="booking" of={booking.status} />
              </td>
              <td className="small">{booking.reason}</td>
              <td className="right nowrap" data-label={t("booking.price")}>
                {money(booking.fee_cents ?? (booking.status === "cancelled" ? 0 : booking.price_cents))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
