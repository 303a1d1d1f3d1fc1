"""Events of networks beside founding, life cycle and rules, on the topic of membership."""

from datetime import date
from typing import Literal

from shared.events.envelope import Event, Value
from shared.ids import NetworkId


class NetworkPoliciesScheduled(Event):
    """Rules that will hold from a later day; on that day `NetworkPoliciesChanged` follows. None: withdrawn."""

    type: Literal["verbund.membership.network-policies-scheduled.v1"] = (
        "verbund.membership.network-policies-scheduled.v1"
    )
    network_id: NetworkId
    valid_from: date
    withdrawn: bool = False


class NetworkRevised(Event):
    type: Literal["verbund.membership.network-revised.v1"] = "verbund.membership.network-revised.v1"
    network_id: NetworkId
    sector_focus: str
    ags: tuple[str, ...]


class NetworkGoal(Value):
    """A figure that a network wants to reach by a day; `metric` names it."""

    metric: str
    target: int
    due: date


class NetworkGoalsChanged(Event):
    type: Literal["verbund.membership.network-goals-changed.v1"] = (
        "verbund.membership.network-goals-changed.v1"
    )
    network_id: NetworkId
    goals: tuple[NetworkGoal, ...]


class NetworkDocumentsChanged(Event):
    """The versions of the cooperation agreement and the data-protection annex that members accept."""

    type: Literal["verbund.membership.network-documents-changed.v1"] = (
        "verbund.membership.network-documents-changed.v1"
    )
    network_id: NetworkId
    agreement_version: int
    annex_version: int


EVENTS: tuple[type[Event], ...] = (
    NetworkPoliciesScheduled,
    NetworkRevised,
    NetworkGoalsChanged,
    NetworkDocumentsChanged,
)
