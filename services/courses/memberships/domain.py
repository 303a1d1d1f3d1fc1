"""What courses knows of networks and their members. Pure."""

from shared.errors import Rejected
from shared.events.envelope import Value
from shared.events.membership import CancellationTier


class MembershipUnknown(Rejected):
    """The copy may lag behind membership's events, so another try can succeed."""

    status = 409
    retry_after_s = 1
    en = "This organisation's membership in the network is not known here (yet)."
    de = "Die Mitgliedschaft dieser Organisation im Verbund ist hier (noch) nicht bekannt."


class MembershipEnded(Rejected):
    status = 409
    en = "This organisation is no longer a member of the network."
    de = "Diese Organisation ist nicht mehr Mitglied des Verbunds."


class NetworkIsClosed(Rejected):
    status = 409
    en = "The network is closed."
    de = "Der Verbund ist geschlossen."


class Policy(Value):
    """The rules that a booking freezes. Version 0 is the default until the network sets its own."""

    version: int
    cancellation: tuple[CancellationTier, ...]
    waitlist_cap_per_company: int | None = None


# Domain notes 2.9: at least 28 days before 0 %, 27 to 14 days 50 %, fewer 100 %.
DEFAULT_POLICY = Policy(
    version=0,
    cancellation=(
        CancellationTier(days_before=28, fee_percent=0),
        CancellationTier(days_before=14, fee_percent=50),
        CancellationTier(days_before=0, fee_percent=100),
    ),
)
