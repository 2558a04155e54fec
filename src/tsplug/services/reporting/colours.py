"""Filters as colours: which CSS class of the page each is drawn in."""

from __future__ import annotations

from collections.abc import Iterable

_CLASSES = {
    "l": "lum", "lum": "lum", "luminance": "lum", "clear": "lum",
    "r": "red", "red": "red", "g": "green", "green": "green", "b": "blue", "blue": "blue",
    "ha": "ha", "h": "ha", "halpha": "ha", "oiii": "oiii", "o": "oiii", "o3": "oiii",
    "sii": "sii", "s": "sii", "s2": "sii",
}  # fmt: skip
_OTHERS = ("other1", "other2", "other3")


def filter_colours(names: Iterable[str]) -> dict[str, str]:
    """Return the class of each filter: that of what its name says, else one of three in turn."""
    distinct = list(dict.fromkeys(names))
    unknown = [name for name in distinct if _plain(name) not in _CLASSES]
    others = {name: _OTHERS[place % len(_OTHERS)] for place, name in enumerate(unknown)}
    return {name: _CLASSES.get(_plain(name)) or others[name] for name in distinct}


def _plain(filter_name: str) -> str:
    return "".join(letter for letter in filter_name.casefold() if letter.isalnum())
