"""The meaning of every figure, read once from data/figures.yaml."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

_FILE = Path(__file__).parent / "data" / "figures.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Strict):
    """One sentence in both languages."""

    de: str
    en: str


class Definition(_Strict):
    """What a figure counts, in which unit."""

    unit: Literal["count", "people", "seats", "percent", "companies", "person_units"]
    label: Text
    definition: Text


@cache
def definitions() -> dict[str, Definition]:
    """Return the definitions by key, in the order in which they are shown. Errors: `ValidationError`."""
    return TypeAdapter(dict[str, Definition]).validate_python(
        yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    )
