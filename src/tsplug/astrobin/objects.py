"""Names of targets: the panels of a mosaic, and what the mosaic is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BLANKS = re.compile(r"[\s_]+")
_PANEL = re.compile(r"^(?P<name>.*?)[\s\-,:(]*\b(?:panel|pane|mosaic|tile)[\s\-#]*(?P<number>\d+)\)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Panel:
    """A part of a target: the target's name, and the panel's number; None where it is no mosaic."""

    target: str
    number: int | None = None

    def __str__(self) -> str:
        """Return the name with its panel."""
        return self.target if self.number is None else f"{self.target} Panel {self.number}"


def panel_of(name: str) -> Panel:
    """Return target and panel of an object's name: ``NGC_1499_Panel_2`` is panel 2 of NGC 1499.

    Underscores are blanks; a number without the word panel belongs to the name (Sh2 101, Abell 31 2).
    """
    text = _BLANKS.sub(" ", name).strip()
    found = _PANEL.match(text)
    if found is None or not found["name"].strip():
        return Panel(text)
    return Panel(found["name"].strip(), int(found["number"]))


def title_of(names: Iterable[str]) -> str:
    """Return what a set of object names is called together: each target once, mosaics with their number of panels."""
    panels: dict[str, tuple[str, set[int]]] = {}
    for name in names:
        panel = panel_of(name)
        _, numbers = panels.setdefault(panel.target.casefold(), (panel.target, set()))
        if panel.number is not None:
            numbers.add(panel.number)
    titles = [f"{title}, {len(numbers)} panel mosaic" if numbers else title for title, numbers in panels.values()]
    return "; ".join(title for title in titles if title)
