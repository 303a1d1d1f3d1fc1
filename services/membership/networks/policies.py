"""A network's rules for courses, and from when on which of them hold. Pure."""

from datetime import date
from itertools import pairwise

from shared.errors import Rejected
from shared.events.envelope import Value
from shared.events.membership import CancellationTier

MAX_DAYS_BEFORE = 365
MAX_TIERS = 10
MAX_SCHEDULED = 12
MAX_HISTORY = 200
COST_KEYS = ("per_seat", "per_company", "fixed_plus_variable", "size_weighted", "contingent")


class TiersNotMonotone(Rejected):
    status = 422
    en = (
        "Cancellation tiers go from many days to 0 days before the course, without a gap at the end, "
        "and a later cancellation never costs less."
    )
    de = (
        "Stornostufen gehen von vielen Tagen bis 0 Tage vor dem Kurs, ohne Lücke am Ende, "
        "und später abzusagen kostet nie weniger."
    )


class PoliciesInThePast(Rejected):
    status = 422
    en = "Rules hold from today or a later day; what has happened keeps the rules of its day."
    de = "Regeln gelten ab heute oder einem späteren Tag; Geschehenes behält die Regeln seines Tages."


class TooManyScheduled(Rejected):
    status = 409
    en = "At most {limit} later rules can wait for their day."
    de = "Höchstens {limit} künftige Fassungen können auf ihren Tag warten."


class Policies(Value):
    """The rules for courses. `waitlist_cap_per_company` None means no cap.

    `pooling_days` needs are gathered before a pool is judged; `pool_minimum_companies` it takes at least; members of
    the pool book `pre_emptive_working_days` ahead of the network; `cost_key` is proposed for new sessions.
    """

    cancellation: tuple[CancellationTier, ...]
    waitlist_cap_per_company: int | None = None
    pooling_days: int = 14
    pool_minimum_companies: int = 2
    pre_emptive_working_days: int = 10
    cost_key: str = "per_seat"


class PolicyVersion(Value):
    """A version that holds or held from `valid_from`."""

    version: int
    valid_from: date
    policies: Policies


class ScheduledPolicies(Value):
    """Rules that wait for their day; they get their version when they begin."""

    valid_from: date
    policies: Policies


def check_policies(policies: Policies) -> None:
    """Errors: `TiersNotMonotone` 422 unless every day has exactly one fee and waiting never makes it cheaper."""
    tiers = policies.cancellation
    days = [tier.days_before for tier in tiers]
    fees = [tier.fee_percent for tier in tiers]
    fits = (
        0 < len(tiers) <= MAX_TIERS
        and days[-1] == 0
        and days[0] <= MAX_DAYS_BEFORE
        and all(before > after for before, after in pairwise(days))
        and all(before <= after for before, after in pairwise(fees))
        and all(0 <= fee <= 100 for fee in fees)
    )
    if not fits:
        raise TiersNotMonotone(pointer="#/cancellation")
