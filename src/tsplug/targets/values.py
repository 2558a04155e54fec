"""What a list of targets holds."""

from __future__ import annotations

from enum import StrEnum

from tsplug.model import Value


class Epoch(StrEnum):
    """To which equator and equinox coordinates refer: what the list says (else J2000), J2000, or that of date."""

    AUTO = "auto"
    J2000 = "j2000"
    JNOW = "jnow"


class RaUnit(StrEnum):
    """What a right ascension without a mark is: what the list says (else hours), hours, or degrees."""

    AUTO = "auto"
    HOURS = "hours"
    DEGREES = "degrees"


class ListedTarget(Value):
    """A target of a list: J2000, hours and degrees; None is what the list does not say. ``panel`` is of a mosaic."""

    line: int
    name: str
    ra_hours: float
    dec_deg: float
    rotation_deg: float | None = None
    roi_percent: float | None = None
    panel: str = ""


class RowProblem(Value):
    """A row that is no target: its line, the name it has, and why."""

    line: int
    name: str
    why: str
