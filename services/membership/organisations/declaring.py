"""What a yearly size declaration changes about an organisation. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.membership.domain import changed
from services.membership.organisations.domain import Organisation, YearlySize, YearNotBegun
from services.membership.sizes.domain import Declaration, Threshold, classes
from services.membership.sizes.headcount import BandRule, band_of
from shared.decisions import Change
from shared.events.membership import HeadcountBand, SizeDeclared


@dataclass(frozen=True, slots=True)
class SizeRules:
    """The rule tables: EU size classes, and the bands of § 82 SGB III."""

    classes: Sequence[Threshold]
    bands: Sequence[BandRule]


def declare_size(
    organisation: Organisation,
    declaration: Declaration,
    *,
    rules: SizeRules,
    at_ms: int,
    year: int,
) -> Change[Organisation]:
    """Add the figures of a year, or correct them; tells of every year whose class this changes.

    `year` is the present year. Errors: `YearNotBegun`, `NoSizeRule` 422.
    """
    if declaration.year > year:
        raise YearNotBegun(pointer="#/year", year=declaration.year)
    before = {size.declaration.year: size for size in organisation.sizes}
    declared = {year: size.declaration for year, size in before.items()} | {declaration.year: declaration}
    derived = classes(tuple(declared.values()), rules.classes)
    new = YearlySize(
        declaration=declaration,
        sme_class=derived[declaration.year],
        headcount_band=_band(declaration, rules),
        declared_ms=at_ms,
    )
    sizes = tuple(
        new if year == declaration.year else before[year].model_copy(update={"sme_class": derived[year]})
        for year in sorted(declared)
    )
    told = tuple(
        SizeDeclared(
            organisation_id=organisation.id,
            year=size.declaration.year,
            sme_class=size.sme_class,
            headcount_band=size.headcount_band,
        )
        for size in sizes
        if size.declaration.year == declaration.year
        or size.sme_class != before[size.declaration.year].sme_class
    )
    return changed(organisation.model_copy(update={"sizes": sizes}), *told)


def _band(declaration: Declaration, rules: SizeRules) -> HeadcountBand | None:
    day = date(declaration.year, 12, 31)
    if declaration.staff is None or day < min(rule.valid_from for rule in rules.bands):
        return None
    return band_of(declaration.staff, rules.bands, day)
