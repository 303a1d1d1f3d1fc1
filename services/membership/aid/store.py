"""De-minimis ledgers in the store: one id an organisation."""

from services.membership.aid.domain import AidLedger
from shared.ids import derived_id
from shared.mongo import Document

COLLECTION = "aid_ledgers"
INDEXES = ((("organisation_id", 1),),)


def ledger_id(organisation_id: str) -> str:
    return derived_id("aid-ledger", organisation_id)


def keys(ledger: AidLedger) -> Document:
    return {"organisation_id": ledger.organisation_id}
