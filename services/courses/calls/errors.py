"""Why a call for offers refuses. Pure."""

from shared.errors import Failed, Rejected


class TooFewProviders(Rejected):
    status = 422
    en = "Invite at least {minimum} providers, or state why there are fewer."
    de = "Laden Sie mindestens {minimum} Anbieter ein, oder begründen Sie, warum es weniger sind."


class DueTooEarly(Rejected):
    status = 422
    en = "The due time lies in the future, and an extension is later than the due time before."
    de = "Der Einreichungstermin liegt in der Zukunft, eine Verlängerung nach dem bisherigen Termin."


class OfferTooLate(Rejected):
    status = 409
    en = "The due time of this call is over; nothing can be sent, changed or withdrawn any more."
    de = "Die Einreichungsfrist ist abgelaufen; es kann nichts mehr eingereicht, geändert oder zurückgezogen werden."


class NothingOffered(Rejected):
    status = 409
    en = "You have no offer in this call."
    de = "Sie haben zu dieser Anfrage kein Angebot abgegeben."


class OffersSealed(Rejected):
    """Nobody reads an offer before the due time."""

    status = 409
    en = "The offers are sealed until {due_at} and can be opened then."
    de = "Die Angebote sind bis {due_at} versiegelt und können dann geöffnet werden."


class ProviderUnknown(Rejected):
    """The copy may lag behind membership's events, so another try can succeed."""

    status = 409
    retry_after_s = 1
    en = "This organisation is not known here as an education provider (yet)."
    de = "Diese Organisation ist hier (noch) nicht als Bildungsanbieter bekannt."


class NotScored(Rejected):
    status = 409
    en = "Every readable offer is scored by every criterion before one is awarded."
    de = "Vor dem Zuschlag wird jedes lesbare Angebot nach jedem Kriterium bewertet."


class NotAwarded(Rejected):
    status = 409
    en = "No offer of this call has been awarded."
    de = "Zu dieser Anfrage ist noch kein Zuschlag erteilt."


class AwardReasonDiffers(Rejected):
    status = 422
    en = "The reason does not fit the scores: this is {fitting}."
    de = "Der Grund passt nicht zur Bewertung: richtig wäre {fitting}."


class PoolInAnotherCall(Rejected):
    status = 409
    en = "Another call for offers runs for this pool."
    de = "Für dieses Bündel läuft schon eine andere Angebotsanfrage."


class SealingUnavailable(Failed):
    """The process has no key to seal call keys with, or the key of this call is not there."""

    retry_after_s = None
    en = "Offers cannot be sealed here: the service has no sealing key. The operator has to set OFFERS_KEY."
    de = "Angebote können hier nicht versiegelt werden: Dem Dienst fehlt OFFERS_KEY; das kann der Betrieb setzen."
