"""Calls for offers in the two networks; the companies of the world are invited as providers, too."""

from typing import Any

from services.courses.calls.providers import PROVIDERS, Providers
from shared.ids import derived_id

BASE = "/api/courses/v1"


async def add(world: Any) -> None:
    """Add a running call with a question to the own network, and a draft to the foreign one."""
    providers = Providers(world.services["courses"].collection(PROVIDERS))
    for variant, place in world.places.items():
        place["provider_id"] = place["organisation_id"]
        place["offer_id"] = derived_id("offer", variant)
        await providers.keep(place["provider_id"])
    for variant in ("own", "foreign"):
        place, manager = world.places[variant], "stranger" if variant == "foreign" else "network_manager"
        body = {
            "pool_id": place["pool_id"],
            "providers": [place["provider_id"]],
            "few_providers_reason": "Nur einer",
            "due_at": "2098-01-01T00:00:00Z",
        }
        place["call_id"] = (await world.made(f"{BASE}/calls", manager, body))["id"]
        wave = {"network_id": place["network_id"], "due_at": "2098-01-01T00:00:00Z"}
        place["wave_id"] = (await world.made(f"{BASE}/waves", manager, wave))["id"]
    own = world.places["own"]
    world.places["other"]["wave_id"] = own["wave_id"]
    world.places["other"]["call_id"] = own["call_id"]
    await world.made(f"{BASE}/calls/{own['call_id']}/request", "network_manager")
    question = {"provider_id": own["provider_id"], "text": "Wann?"}
    await world.made(f"{BASE}/invitations/{own['call_id']}/questions", "provider", question)
