"""The catalogue of personal data, for everybody who is signed in: it is what Art. 13 GDPR wants told."""

from datetime import date

from fastapi import APIRouter, Depends

from services.membership.parts import BASE, refusals
from services.membership.privacy.catalogue import DataField, Retention, catalogue
from shared.web import View, current_principal

router = APIRouter(prefix=f"{BASE}/privacy", tags=["privacy"])


class CatalogueView(View):
    """Every field that holds personal data, in every service."""

    valid_from: date
    fields: list[DataField]
    retention: dict[str, Retention]


@router.get(
    "/catalogue",
    operation_id="get_privacy_catalogue",
    summary="Which personal data is kept, what for and how long",
    responses=refusals(),
    dependencies=[Depends(current_principal)],
)
async def get_catalogue() -> CatalogueView:
    """Any signed-in person or service; texts in English and German."""
    found = catalogue()
    return CatalogueView(
        valid_from=found.valid_from, fields=list(found.fields), retention=dict(found.retention)
    )
