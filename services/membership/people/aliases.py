"""The name under which a person stands in lasting records (audit trail, access log): cut off by erasure.

The alias follows from the id and leads back to a person only while the vault holds that person.
"""

from shared.ids import derived_id


def alias_of(person_id: str) -> str:
    """Return the alias; the same id gives the same alias for ever."""
    return derived_id("alias", person_id)
