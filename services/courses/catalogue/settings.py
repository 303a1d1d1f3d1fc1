"""How a network shows its courses: to members only, or to everybody, and under which name. Pure."""

from shared.decisions import Change
from shared.events.catalogue import CatalogueSettingsChanged
from shared.events.envelope import Value
from shared.ids import NetworkId, derived_id


class Office(Value):
    """The public face of the network, as the catalogue and KURSNET name it; no person is named."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    email: str = ""
    phone: str = ""
    homepage: str = ""


class CatalogueSettings(Value):
    """What a network's managers have chosen; `kursnet_supplier_id` is the number that the agency gave."""

    network_id: NetworkId
    public: bool = False
    show_prices: bool = False
    office: Office
    kursnet_supplier_id: str = ""


def settings_id(network_id: str) -> str:
    """Return the id of a network's settings."""
    return derived_id("catalogue", network_id)


def choose(existing: CatalogueSettings | None, chosen: CatalogueSettings) -> Change[CatalogueSettings]:
    """Keep the choice; the same one again changes nothing."""
    if existing == chosen:
        return Change(chosen)
    event = CatalogueSettingsChanged(
        network_id=chosen.network_id, public=chosen.public, show_prices=chosen.show_prices
    )
    return Change(chosen, (event,))
