"""Events of survey waves; on the topic of the courses service."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.events.envelope import Event
from shared.ids import NetworkId, OrganisationId, WaveId


class WaveAnswer(StrEnum):
    """What a company says in a wave: it has posted needs, or it has none this time."""

    NEEDS = "needs"
    NO_NEED = "no_need"


class WaveOpened(Event):
    """These companies are asked for their needs until `due_at`."""

    type: Literal["verbund.courses.wave-opened.v1"] = "verbund.courses.wave-opened.v1"
    wave_id: WaveId
    network_id: NetworkId
    due_at: datetime
    organisation_ids: tuple[OrganisationId, ...]


class WaveExtended(Event):
    type: Literal["verbund.courses.wave-extended.v1"] = "verbund.courses.wave-extended.v1"
    wave_id: WaveId
    network_id: NetworkId
    due_at: datetime


class WaveAnswered(Event):
    """A company's first answer, or its first need after it had said that it has none."""

    type: Literal["verbund.courses.wave-answered.v1"] = "verbund.courses.wave-answered.v1"
    wave_id: WaveId
    network_id: NetworkId
    organisation_id: OrganisationId
    answer: WaveAnswer
    answered: int
    asked: int


class WaveReminderDue(Event):
    """These companies have not answered yet and are to be reminded."""

    type: Literal["verbund.courses.wave-reminder-due.v1"] = "verbund.courses.wave-reminder-due.v1"
    wave_id: WaveId
    network_id: NetworkId
    due_at: datetime
    organisation_ids: tuple[OrganisationId, ...]


class WaveClosed(Event):
    """The due time has come; `answered` of `asked` companies have answered."""

    type: Literal["verbund.courses.wave-closed.v1"] = "verbund.courses.wave-closed.v1"
    wave_id: WaveId
    network_id: NetworkId
    answered: int
    asked: int


EVENTS: tuple[type[Event], ...] = (WaveOpened, WaveExtended, WaveAnswered, WaveReminderDue, WaveClosed)
