"""Events of the course catalogue; on the topic of the courses service."""

from typing import Literal

from shared.events.envelope import Event
from shared.ids import NetworkId


class CatalogueSettingsChanged(Event):
    """Whether everybody may see the network's courses, and their prices."""

    type: Literal["verbund.courses.catalogue-settings-changed.v1"] = (
        "verbund.courses.catalogue-settings-changed.v1"
    )
    network_id: NetworkId
    public: bool
    show_prices: bool


EVENTS: tuple[type[Event], ...] = (CatalogueSettingsChanged,)
