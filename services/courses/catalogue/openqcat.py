"""The catalogue for KURSNET: open-Q-cat V1.1, the XML format in which the employment agency takes course offers.

For every course one SERVICE with EDUCATION type "true" (Bildungsangebot), then one for each of its sessions with type
"false" (Veranstaltung) that names the course by COURSE_ID. The schema file openQ-cat.V1.1.xsd could not be had: element
order and codes are those of published converters, kept as data; see docs/adr/0019 for what has to be checked.
"""

import csv

# Documents are written here, never parsed, so the parser's weaknesses do not matter.
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from services.courses.catalogue.offerings import Offering
from services.courses.catalogue.settings import CatalogueSettings
from shared.errors import Invalid
from shared.zones import BERLIN

SCHEMA = "openQ-cat.V1.1.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_CODES = Path(__file__).parent / "data" / "openqcat_codes.csv"
_TITLE_MAX, _NAME_MAX = 255, 30


def document(settings: CatalogueSettings, offerings: Sequence[Offering], at: datetime) -> bytes:
    """Return the whole catalogue (FULLCATALOG). Errors: `Invalid` 422 while the supplier's data are not complete."""
    _require_complete(settings)
    root = ET.Element(
        "OPENQCAT", {"version": "1.1", "xmlns:xsi": _XSI, "xsi:noNamespaceSchemaLocation": SCHEMA}
    )
    _header(root, settings, at)
    catalogue = ET.SubElement(root, "NEW_CATALOG", {"FULLCATALOG": "true"})
    by_course: defaultdict[str, list[Offering]] = defaultdict(list)
    for offering in offerings:
        by_course[offering.course_id].append(offering)
    for found in by_course.values():
        _service(catalogue, settings, found[0], of_course=True)
        for offering in found:
            _service(catalogue, settings, offering, of_course=False)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _require_complete(settings: CatalogueSettings) -> None:
    office = settings.office
    needed = {
        "kursnet_supplier_id": settings.kursnet_supplier_id,
        "office/street": office.street,
        "office/postcode": office.postcode,
        "office/city": office.city,
        "office/email": office.email,
        "office/phone": office.phone,
    }
    for field, value in needed.items():
        if not value:
            raise Invalid(
                pointer=f"#/{field}",
                reason_en=f"KURSNET needs {field} in the settings of the catalogue.",
                reason_de=f"KURSNET braucht {field} in den Einstellungen des Katalogs.",
            )


def _header(root: ET.Element, settings: CatalogueSettings, at: datetime) -> None:
    header = ET.SubElement(root, "HEADER")
    _text(header, "GENERATOR_INFO", "Verbundwerk")
    catalogue = ET.SubElement(header, "CATALOG")
    _text(catalogue, "LANGUAGE", "deu")
    _text(catalogue, "CATALOG_ID", f"{settings.kursnet_supplier_id}-{at:%Y%m%d%H%M%S}")
    _text(catalogue, "CATALOG_VERSION", "001.001")
    _text(catalogue, "CATALOG_NAME", settings.office.name)
    _text(catalogue, "GENERATION_DATE", at.astimezone(BERLIN).isoformat(timespec="seconds"))
    _text(catalogue, "CURRENCY", "EUR")
    supplier = ET.SubElement(header, "SUPPLIER")
    _text(supplier, "SUPPLIER_ID", settings.kursnet_supplier_id, type="supplier_specific")
    _text(supplier, "SUPPLIER_NAME", settings.office.name)
    _address(ET.SubElement(supplier, "ADDRESS"), settings)
    contact = ET.SubElement(supplier, "CONTACT")
    _text(contact, "CONTACT_ROLE", "Gesamtansprechpartner", type="2")
    _text(contact, "LAST_NAME", settings.office.name[:_NAME_MAX])
    _text(contact, "PHONE", settings.office.phone)
    _text(ET.SubElement(contact, "EMAILS"), "EMAIL", settings.office.email)


def _address(address: ET.Element, settings: CatalogueSettings) -> None:
    office = settings.office
    _text(address, "NAME", office.name[:_NAME_MAX])
    _text(address, "STREET", office.street[:_NAME_MAX])
    _text(address, "ZIP", office.postcode)
    _text(address, "CITY", office.city)
    _text(address, "COUNTRY", "Deutschland")
    _text(address, "PHONE", office.phone)
    _text(ET.SubElement(address, "EMAILS"), "EMAIL", office.email)


def _service(
    catalogue: ET.Element, settings: CatalogueSettings, offering: Offering, *, of_course: bool
) -> None:
    service = ET.SubElement(catalogue, "SERVICE", {"mode": "new"})
    _text(service, "PRODUCT_ID", offering.course_id if of_course else offering.session_id)
    _text(service, "COURSE_TYPE", _code("course_type"))
    _text(service, "SUPPLIER_ID_REF", settings.kursnet_supplier_id, type="supplier_specific")
    details = ET.SubElement(service, "SERVICE_DETAILS")
    _text(details, "TITLE", offering.title_de[:_TITLE_MAX])
    _text(details, "DESCRIPTION_LONG", f"{offering.title_de}. {offering.teaching_units} UE zu 45 Minuten.")
    if not of_course:
        zone = ZoneInfo(offering.time_zone)
        dates = ET.SubElement(details, "SERVICE_DATE")
        _text(dates, "START_DATE", offering.days[0].starts_at.astimezone(zone).isoformat())
        _text(dates, "END_DATE", offering.days[-1].ends_at.astimezone(zone).isoformat())
    module = ET.SubElement(details, "SERVICE_MODULE")
    education = ET.SubElement(module, "EDUCATION", {"type": "true" if of_course else "false"})
    _text(education, "COURSE_ID", offering.course_id)
    information = ET.SubElement(education, "EXTENDED_INFO")
    for name in ("institution", f"instruction_form_{offering.format}", "education_type"):
        code = _code(name)
        _text(information, name.removesuffix(f"_{offering.format}").upper(), code, type=code)
    _module(education, offering)
    if not of_course and offering.price_cents is not None:
        price = ET.SubElement(ET.SubElement(service, "SERVICE_PRICE_DETAILS"), "SERVICE_PRICE")
        _text(price, "PRICE_AMOUNT", f"{offering.price_cents / 100:.2f}")
        _text(price, "PRICE_CURRENCY", "EUR")


def _module(education: ET.Element, offering: Offering) -> None:
    module = ET.SubElement(education, "MODULE_COURSE")
    _text(module, "MIN_PARTICIPANTS", str(offering.minimum_seats))
    _text(module, "MAX_PARTICIPANTS", str(offering.capacity))
    location = ET.SubElement(module, "LOCATION")
    _text(location, "CITY", offering.venue_name or "online")
    _text(location, "COUNTRY", "Deutschland")
    ET.SubElement(module, "DURATION", {"type": _code(_duration(offering))})
    _text(module, "FLEXIBLE_START", "false")
    information = ET.SubElement(module, "EXTENDED_INFO")
    ET.SubElement(information, "SEGMENT_TYPE", {"type": _code("segment_type")})


def _duration(offering: Offering) -> str:
    days = (offering.days[-1].ends_at - offering.days[0].starts_at).days
    limits = ((1, "duration_day"), (3, "duration_days"), (7, "duration_week"), (31, "duration_month"))
    return next((name for limit, name in limits if days < limit), "duration_longer")


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text


@cache
def _codes() -> dict[str, str]:
    with _CODES.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["code"] for row in csv.DictReader(file)}


def _code(name: str) -> str:
    return _codes()[name]
