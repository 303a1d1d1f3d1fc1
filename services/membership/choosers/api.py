"""Routes of reference data: what a form offers to choose from, with its source and date."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.membership.access import require
from services.membership.networks.domain import SectorFocus
from services.membership.parts import BASE, refusals
from services.membership.reference import Source, industry_codes, municipalities, occupations, sources
from shared.reference import districts
from shared.web import Caller, View

router = APIRouter(prefix=f"{BASE}/reference", tags=["reference data"])


class Choice(View):
    """One entry; `parent` groups it, `de` and `en` are its names (official ones exist in German only)."""

    code: str
    de: str
    en: str | None = None
    parent: str | None = None


class Choices(View):
    """All entries with the note that has to be shown with them."""

    source: str
    as_of: str
    licence: str
    items: list[Choice]


_SECTORS = {
    SectorFocus.METAL_ELECTRO: ("Metall und Elektro", "Metal and electrical industries"),
    SectorFocus.TEXTILE: ("Textil und Bekleidung", "Textile and clothing"),
    SectorFocus.CROSS_INDUSTRY: ("Branchenübergreifend", "Cross-industry"),
}


@router.get("/districts", operation_id="get_districts", summary="The 44 districts", responses=refusals(403))
async def get_districts(principal: Caller) -> Choices:
    """Any signed-in person; by AGS."""
    require(principal.kind == "person")
    items = [Choice(code=one.ags, de=one.name, parent=one.nuts3) for one in districts().values()]
    return _choices("districts", items)


@router.get(
    "/municipalities",
    operation_id="get_municipalities",
    summary="The municipalities of Baden-Württemberg",
    responses=refusals(403),
)
async def get_municipalities(
    principal: Caller,
    ags: Annotated[str | None, Query(pattern=r"^\d{5}$", description="Only those of this district")] = None,
) -> Choices:
    """Any signed-in person; by AGS of 8 digits, `parent` is the district."""
    require(principal.kind == "person")
    items = [
        Choice(code=code, de=row["name"], parent=row["ags"])
        for code, row in municipalities().items()
        if ags is None or row["ags"] == ags
    ]
    return _choices("municipalities", items)


@router.get(
    "/industries",
    operation_id="get_industries",
    summary="Industry codes of an edition",
    responses=refusals(403),
)
async def get_industries(principal: Caller, scheme: Literal["WZ2008", "WZ2025"] = "WZ2025") -> Choices:
    """Any signed-in person; divisions, groups and classes. A code means different things in the two editions."""
    require(principal.kind == "person")
    items = [
        Choice(code=code, de=title, parent=None if len(code) == 2 else _parent(code))
        for code, title in industry_codes()[scheme].items()
    ]
    return _choices(scheme.lower(), items)


@router.get(
    "/occupations",
    operation_id="get_occupations",
    summary="Occupations (subset of KldB 2010)",
    responses=refusals(403),
)
async def get_occupations(principal: Caller) -> Choices:
    """Any signed-in person; `parent` is our grouping, the fifth digit the level (1 helper to 4 expert)."""
    require(principal.kind == "person")
    items = [
        Choice(code=code, de=row["title_de"], parent=row["field"]) for code, row in occupations().items()
    ]
    return _choices("occupations", items)


@router.get(
    "/sectors", operation_id="get_sectors", summary="Sector focuses of networks", responses=refusals(403)
)
async def get_sectors(principal: Caller) -> Choices:
    """Any signed-in person."""
    require(principal.kind == "person")
    items = [Choice(code=code.value, de=de, en=en) for code, (de, en) in _SECTORS.items()]
    return _choices("sectors", items)


def _choices(name: str, items: list[Choice]) -> Choices:
    found: Source = sources()[name]
    return Choices(source=found["source"], as_of=found["as_of"], licence=found["licence"], items=items)


def _parent(code: str) -> str:
    return code[:4] if len(code) == 5 else code[:2]
