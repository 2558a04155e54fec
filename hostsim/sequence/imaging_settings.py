"""What authors of a sequence choose of a Scheduler Container."""

from __future__ import annotations

from typing import Protocol

from hostsim.sequence.centering import CenteringSettings
from hostsim.sequence.containers import EventLists
from hostsim.sequence.flipping import FlipSettings
from hostsim.sequence.refocusing import RefocusSettings
from hostsim.sequence.watching import GuidingSettings
from tsplug import Until
from tsplug.instructions import SchedulerImmediateFlats


class ImagingSettings(RefocusSettings, Protocol):
    """What a container lets its author choose."""

    @property
    def grade(self) -> bool:
        """Return the setting `grade`."""
        ...

    @property
    def until(self) -> Until | None:
        """Return the setting `until`."""
        ...

    @property
    def centering(self) -> CenteringSettings:
        """Return the setting `centering`."""
        ...

    @property
    def flip(self) -> FlipSettings:
        """Return the setting `flip`."""
        ...

    @property
    def guiding(self) -> GuidingSettings:
        """Return the setting `guiding`."""
        ...

    @property
    def focus_offset(self) -> bool:
        """Return the setting `focus_offset`."""
        ...

    @property
    def dither_px(self) -> float:
        """Return the setting `dither_px`."""
        ...

    @property
    def events(self) -> EventLists:
        """Return the setting `events`."""
        ...

    @property
    def immediate_flats(self) -> SchedulerImmediateFlats.Parameters | None:
        """Return the setting `immediate_flats`."""
        ...

    @property
    def rotation_half_turn(self) -> bool:
        """Return the setting `rotation_half_turn`."""
        ...
