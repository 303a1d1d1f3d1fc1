"""Checks and errors that several nouns share. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from shared.errors import Invalid, Rejected, WrongState
from shared.reference import districts, skills, topics

UNITS_MAX = 2000


class OtherNetwork(Rejected):
    status = 409
    en = "This belongs to another network."
    de = "Das gehört zu einem anderen Verbund."


def require_topic(code: str) -> None:
    """Accept leaves of the topic tree only. Errors: `Invalid` 422."""
    topic = topics().get(code)
    if topic is None or topic.parent_code is None:
        raise Invalid(
            pointer="#/topic_code",
            reason_en="This is no topic of the catalogue.",
            reason_de="Dieses Thema steht nicht im Katalog.",
        )


def require_skills(uris: Sequence[str], pointer: str) -> None:
    """Accept concepts of the ESCO subset only. Errors: `Invalid` 422."""
    for number, uri in enumerate(uris):
        if uri not in skills():
            raise Invalid(
                pointer=f"{pointer}/{number}",
                reason_en="This is no ESCO skill of the list.",
                reason_de="Diese ESCO-Fähigkeit steht nicht in der Liste.",
            )


def related_topics(one: str, other: str) -> bool:
    """Whether two topics are the same or of one group of the tree."""
    known = topics()
    groups = {known[code].parent_code if code in known else None for code in (one, other)}
    return one == other or (len(groups) == 1 and None not in groups)


def require_district(ags: str | None, pointer: str) -> None:
    """Accept nothing or the 5-digit AGS of a district. Errors: `Invalid` 422."""
    if ags is not None and ags not in districts():
        raise Invalid(
            pointer=pointer,
            reason_en="This is no known district (AGS, 5 digits).",
            reason_de="Diesen Kreis gibt es nicht (AGS, 5 Stellen).",
        )


def step[S: StrEnum, C: StrEnum](table: dict[tuple[S, C], S], state: S, command: C, kind: str) -> S:
    """Return the state that `command` leads to. Errors: `WrongState` 409."""
    try:
        return table[state, command]
    except KeyError:
        raise WrongState(kind=kind, state=str(state)) from None
