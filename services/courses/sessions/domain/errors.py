"""Why a session refuses. Pure."""

from shared.errors import Rejected


class AlreadyBooked(Rejected):
    status = 409
    en = "This person has a booking in this session already."
    de = "Diese Person ist in dieser Durchführung schon gebucht."


class WaitlistCapReached(Rejected):
    status = 409
    en = "While other companies wait, one company may have {cap} waiting bookings at most."
    de = "Solange andere Betriebe warten, darf ein Betrieb höchstens {cap} wartende Buchungen haben."


class NotEnoughSeats(Rejected):
    status = 409
    en = "Only {free} of {asked} seats are free, and the request was for all or nothing."
    de = "Nur {free} von {asked} Plätzen sind frei, und angefragt waren alle oder keiner."


class NotYetBookable(Rejected):
    status = 409
    en = "This company may book from {begins} on; until then others come first."
    de = "Dieser Betrieb darf ab {begins} buchen; bis dahin haben andere Vorrang."


class OnlyForNetwork(Rejected):
    status = 409
    en = "This session is for companies of its network."
    de = "Diese Durchführung ist den Betrieben ihres Verbunds vorbehalten."


class PrerequisiteMissing(Rejected):
    status = 409
    en = "The employer has to confirm that the person meets: {missing}."
    de = "Der Betrieb muss bestätigen, dass die Person diese Voraussetzungen erfüllt: {missing}."


class SessionStarted(Rejected):
    status = 409
    en = "The session has started."
    de = "Die Durchführung hat begonnen."


class NotStartedYet(Rejected):
    status = 409
    en = "The first day has not begun."
    de = "Der erste Tag hat noch nicht begonnen."


class BookingEnded(Rejected):
    status = 409
    en = "The booking has ended already."
    de = "Die Buchung ist schon beendet."


class PoolAlreadyPlanned(Rejected):
    status = 409
    en = "A session was planned from this pool already."
    de = "Aus diesem Bündel ist schon eine Durchführung geplant."


class SeatOfferEnded(Rejected):
    status = 409
    en = "The time to answer this offer is over; the seats went on."
    de = "Die Antwortfrist dieses Angebots ist abgelaufen; die Plätze wurden weitergegeben."


class ContingentTooLarge(Rejected):
    status = 409
    en = "Only {free} seats are left to reserve for this company."
    de = "Für diesen Betrieb lassen sich nur noch {free} Plätze reservieren."


class ContingentPast(Rejected):
    status = 409
    en = "The seats would be released at once: the release day is not in the future."
    de = "Die Plätze würden sofort freigegeben: Der Freigabetag liegt nicht in der Zukunft."


class NothingAsked(Rejected):
    status = 409
    en = "This company is not being asked about new dates, or the time to answer is over."
    de = "Dieser Betrieb ist nicht nach neuen Terminen gefragt, oder die Antwortfrist ist abgelaufen."


class AlreadyDecided(Rejected):
    status = 409
    en = "This was decided already."
    de = "Darüber ist schon entschieden."
