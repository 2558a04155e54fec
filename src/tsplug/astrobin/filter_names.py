"""Filter names as programs write them, and AstroBin's numbers for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

_SAME = (
    ("ha", "h", "halpha", "h-alpha", "h alpha", "hα", "h-a"),
    ("oiii", "o3", "o-iii", "o iii", "[oiii]"),
    ("sii", "s2", "s-ii", "s ii", "[sii]"),
    ("nii", "n2", "n-ii", "[nii]"),
    ("hb", "hbeta", "h-beta", "hβ"),
    ("lum", "l", "luminance", "lrgb-l", "clear", "uv/ir", "uvir"),
    ("red", "r"),
    ("green", "g"),
    ("blue", "b"),
)

_CLOSE = 0.6
_BETWEEN_WORDS = re.compile(r"[\s,;()_]+")


class FilterTable:
    """The filters that the user has told AstroBin's numbers of."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        """Take numbers by name; where case and outer blanks do not matter, the first of two names wins."""
        self._numbers = dict(numbers)
        self._folded: dict[str, str] = {}
        for name in numbers:
            self._folded.setdefault(_folded(name), name)

    def known_as(self, name: str) -> str:
        """Return a filter's name as the user wrote it, where case and outer blanks make the difference."""
        return name if name in self._numbers else self._folded.get(_folded(name), name.strip())

    def number_of(self, name: str) -> int | None:
        """Return AstroBin's number of a filter, or None where nobody told it."""
        return self._numbers.get(self.known_as(name))

    def suggestion(self, name: str) -> str:
        """Return the known name that an unknown one most likely means, or an empty text."""
        own = _folded(name)
        close = get_close_matches(own, self._folded, n=1, cutoff=_CLOSE)
        return self._same_as(own) or (self._folded[close[0]] if close else self._named_in(own))

    def _same_as(self, own: str) -> str:
        """Return the known name that is another word for a filter."""
        groups = (group for group in _SAME if own in group)
        return next((known for group in groups for folded, known in self._folded.items() if folded in group), "")

    def _named_in(self, own: str) -> str:
        """Return the known name that one of several words means: brands and bandwidths stand beside it."""
        words = _BETWEEN_WORDS.split(own)
        return next((found for word in words if (found := self._folded.get(word) or self._same_as(word))), "")


def unmapped_notes(names: Iterable[str], table: FilterTable) -> tuple[str, ...]:
    """Return a line for each filter without a number: whose cells stay empty, and which name may be meant."""
    notes = []
    for name in sorted(set(names)):
        close = table.suggestion(name)
        meant = f"; is it {close!r}, number {table.number_of(close)}?" if close else ""
        notes.append(
            f"filter {name!r} has no AstroBin id, its cells are empty: add it to the settings or profile{meant}"
        )
    return tuple(notes)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
