"""How alike the texts of needs are: German words cut to their stems, weighed by how rare they are. Pure.

Stems come from the Snowball stemmer for German; the weights are TF-IDF, the likeness is the cosine, 0 to 1.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from math import log, sqrt

import snowballstemmer

# Words that say nothing about a topic; the list is ours and short, rarity does the rest.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """der die das den dem des ein eine einer eines einem einen und oder mit für von vom zu zum zur im in am an auf
        aus bei als ist sind wird werden wir unsere soll sollen können kann lernen kurs schulung
        weiterbildung training mitarbeiter mitarbeitende beschäftigte grundlagen stufe level""",
    )
)
_WORD = re.compile(r"[a-zäöüß0-9]{2,}")

type Vector = Mapping[str, float]


def vectors(texts: Mapping[str, str]) -> dict[str, Vector]:
    """Return each text as weighed stems of length 1; a text without a word is empty."""
    counted = {key: Counter(stems(text)) for key, text in texts.items()}
    spread = Counter(stem for counts in counted.values() for stem in counts)
    found: dict[str, Vector] = {}
    for key, counts in counted.items():
        weighed = {stem: n * (1 + log(len(texts) / spread[stem])) for stem, n in counts.items()}
        length = sqrt(sum(weight * weight for weight in weighed.values()))
        found[key] = {stem: weight / length for stem, weight in weighed.items()}
    return found


def likeness(one: Vector, other: Vector) -> float:
    """Return the cosine of two vectors of `vectors`."""
    return min(1.0, sum(weight * other[stem] for stem, weight in one.items() if stem in other))


def common(one: Vector, other: Vector) -> list[str]:
    """Return the stems that make two texts alike, the weightiest first; five at most."""
    shared = {stem: one[stem] * other[stem] for stem in one if stem in other}
    return sorted(shared, key=lambda stem: (-shared[stem], stem))[:5]


def stems(text: str) -> list[str]:
    """Return the stems of the words that say something."""
    found = (_stem(word) for word in _WORD.findall(text.casefold().replace("ß", "ss")))
    return [stem for stem in found if stem not in _stop_stems()]


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(_stem(word) for word in STOP_WORDS)


@cache
def _stem(word: str) -> str:
    return str(snowballstemmer.stemmer("german").stemWord(word))
