"""A person's alias, and her id in any state found and replaced: what export and erasure are built on. Pure."""

from collections.abc import Iterator
from typing import Any

from shared.ids import derived_id


def alias_of(person_id: str) -> str:
    """Return the name under which a person stands in lasting records: audit trail, access log.

    It follows from the id and leads back to a person only while the vault holds that person.
    """
    return derived_id("alias", person_id)


def mentions(value: Any, person_id: str) -> bool:
    """Whether the id stands anywhere in this JSON value, as text or as a key."""
    if isinstance(value, dict):
        return any(key == person_id or mentions(part, person_id) for key, part in value.items())
    if isinstance(value, list | tuple):
        return any(mentions(part, person_id) for part in value)
    return bool(value == person_id)


def replaced(value: Any, person_id: str, by: str) -> Any:
    """Return the JSON value with every occurrence of the id, also as a key, replaced."""
    if isinstance(value, dict):
        return {
            (by if key == person_id else key): replaced(part, person_id, by) for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [replaced(part, person_id, by) for part in value]
    return by if value == person_id else value


def keys_mentioning(value: Any, person_id: str) -> Iterator[str]:
    """Yield the key of each entry, at any depth, that holds the id directly, e.g. a booking's of its seat."""
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, dict):
                if person_id in part.values():
                    yield key
                yield from keys_mentioning(part, person_id)
