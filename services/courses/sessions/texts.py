"""What a booking's standing and a queue decision are called, in the reader's language."""

from datetime import datetime

from services.courses.sessions.domain.explain import Explanation, Why

_REASONS = {
    "confirmed": ("The seat is confirmed.", "Der Platz ist bestätigt."),
    "waitlisted": (
        "All seats are taken; place {position} on the waitlist. Places move up in the order of the requests.",
        "Alle Plätze sind vergeben; Wartelistenplatz {position}. Nachgerückt wird in der Reihenfolge der Anmeldungen.",
    ),
    "offered": (
        "A seat is offered; please answer in time.",
        "Ein Platz wird angeboten; bitte rechtzeitig antworten.",
    ),
    "cancelled": (
        "The booking was cancelled; the fee is {fee_percent} %.",
        "Die Buchung wurde storniert; die Gebühr beträgt {fee_percent} %.",
    ),
    "session": (
        "The session was cancelled; there is no fee.",
        "Die Durchführung wurde abgesagt; es fällt keine Gebühr an.",
    ),
    "offer_expired": (
        "The offered seat was not accepted in time; it went on.",
        "Der angebotene Platz wurde nicht rechtzeitig angenommen; er ging weiter.",
    ),
    "offer_declined": ("The offered seat was declined.", "Der angebotene Platz wurde abgelehnt."),
    "dates_declined": (
        "The new dates were declined; there is no fee.",
        "Die neuen Termine wurden abgelehnt; es fällt keine Gebühr an.",
    ),
    "dates_unanswered": (
        "Nobody answered to the new dates in time; there is no fee.",
        "Auf die neuen Termine kam rechtzeitig keine Antwort; es fällt keine Gebühr an.",
    ),
    "membership_ended": (
        "The company's membership in the network has ended, and with it its place on the waitlist.",
        "Die Mitgliedschaft des Betriebs im Verbund ist beendet, und damit sein Platz auf der Warteliste.",
    ),
    "not_placed": (
        "The session has begun and no seat became free.",
        "Die Durchführung hat begonnen, und es wurde kein Platz frei.",
    ),
}

_WHY: dict[Why, tuple[str, str]] = {
    Why.ASKED_EARLIER: (
        "Request {first} came before request {second}.",
        "Anmeldung {first} ging vor Anmeldung {second} ein.",
    ),
    Why.NEVER_COMPARED: (
        "When request {first} got its seat, request {second} was not waiting for one.",
        "Als Anmeldung {first} ihren Platz erhielt, wartete Anmeldung {second} nicht auf einen.",
    ),
    Why.COMPANY_CAP: (
        "Request {second} came earlier, but its company had reached the cap while other companies waited ({at}).",
        "Anmeldung {second} ging früher ein, aber ihr Betrieb lag an der Obergrenze, und andere warteten ({at}).",
    ),
    Why.GROUP_TOGETHER: (
        "Request {second} came earlier, but belongs to a group that waits until all of it fits ({at}).",
        "Anmeldung {second} ging früher ein, gehört aber zu einer Gruppe, die wartet, bis alle Platz finden ({at}).",
    ),
    Why.PART_DECLINED: (
        "Request {second} came earlier, but its group had declined a part of that size ({at}).",
        "Anmeldung {second} ging früher ein, aber ihre Gruppe hatte einen Teil dieser Größe abgelehnt ({at}).",
    ),
    Why.MEMBERSHIP_RESTS: (
        "Request {second} came earlier, but its company's membership rested ({at}).",
        "Anmeldung {second} ging früher ein, aber die Mitgliedschaft ihres Betriebs ruhte ({at}).",
    ),
    Why.SEATS_RESERVED: (
        "Request {second} came earlier, but the seat was reserved for another company ({at}).",
        "Anmeldung {second} ging früher ein, aber der Platz war für einen anderen Betrieb reserviert ({at}).",
    ),
    Why.OFFER_OPEN: (
        "Request {second} came earlier and had an offer of its own open ({at}).",
        "Anmeldung {second} ging früher ein und hatte selbst ein offenes Angebot ({at}).",
    ),
}


def reason_text(reason: str, language: str, *, position: int | None, fee_percent: int | None) -> str:
    """Return the sentence that says where a booking stands."""
    return _REASONS[reason][language == "de"].format(position=position, fee_percent=fee_percent)


def why_text(found: Explanation, language: str) -> str:
    """Return the sentence that says why one request was before another."""
    text = _WHY[found.why][language == "de"]
    return text.format(first=found.first, second=found.second, at=_instant(found.at))


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds")
