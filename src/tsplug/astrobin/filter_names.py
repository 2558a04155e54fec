"""Filter names as programs write them, and AstroBin's numbers for them."""

from __future__ import annotations

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
        for group in _SAME:
            if own in group:
                found = next((known for folded, known in self._folded.items() if folded in group), "")
                if found:
                    return found
        close = get_close_matches(own, self._folded, n=1, cutoff=0.5)
        return self._folded[close[0]] if close else ""


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
