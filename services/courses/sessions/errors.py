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


class SessionStarted(Rejected):
    status = 409
    en = "The session has started."
    de = "Die Durchführung hat begonnen."


class BookingEnded(Rejected):
    status = 409
    en = "The booking has ended already."
    de = "Die Buchung ist schon beendet."


class PoolAlreadyPlanned(Rejected):
    status = 409
    en = "A session was planned from this pool already."
    de = "Aus diesem Bündel ist schon eine Durchführung geplant."
