"""The image pipeline as its modules see it: a frame at work, and what a module makes of it.

A module needs what others give, by name: ``measurement`` or ``solution``, for example. A third party's module is an
object with the members of `PipelineModule`, named by an entry point of the group `MODULE_GROUP`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tsplug.model import AcquiredImage, FramePlace, ModuleState, PipelinePreferences, Profile
from tsplug.ports.clock import Clock
from tsplug.ports.files import FrameFiles, FrameHeaders, FramePixels, HeaderEditor, Pictures
from tsplug.ports.solver import PlateSolver
from tsplug.ports.store import Store

if TYPE_CHECKING:
    # Numpy takes most of the time of a short command, which needs none of it.
    from tsplug.imaging.measure import FrameMeasurement

MODULE_GROUP = "tsplug.modules"
"""The group of entry points under which third parties name their modules."""


@dataclass(frozen=True)
class PipelineTools:
    """What modules work with; without a store nothing is on record."""

    files: FrameFiles
    headers: FrameHeaders
    pictures: Pictures
    editor: HeaderEditor
    clock: Clock
    store: Store | None = None
    solvers: Mapping[str, PlateSolver] = field(default_factory=dict)


class FrameAtWork(Protocol):
    """One frame on its way through the pipeline; what is costly is done once, for whichever module asks first."""

    @property
    def file(self) -> Path:
        """Return where the frame lies on this machine: of one at an address a copy, which is put back if it changes."""
        ...

    @property
    def place(self) -> FramePlace:
        """Return where the frame is kept: ``file``, or its address in a storage; this is what it is known by."""
        ...

    @property
    def image(self) -> AcquiredImage | None:
        """Return its record as it was when the frame's way began; None where there is none."""
        ...

    @property
    def not_of(self) -> AcquiredImage | None:
        """Return the record whose name or identifier the frame has, and whose frame it is not."""
        ...

    @property
    def profile(self) -> Profile | None:
        """Return the rig that took it; None where that is not known."""
        ...

    @property
    def preferences(self) -> PipelinePreferences:
        """Return how the rig likes its frames processed."""
        ...

    @property
    def tools(self) -> PipelineTools:
        """Return what to work with."""
        ...

    @property
    def outputs(self) -> Mapping[str, object]:
        """Return what modules before gave, by name."""
        ...

    @property
    def header_read(self) -> Mapping[str, Any]:
        """Return the header that was read with the pixels, by keyword; empty while nobody asked for them."""
        ...

    def pixels(self) -> FramePixels:
        """Return pixels and header as they were when they were first asked for.

        Raises:
            FileError: the frame cannot be read.
        """
        ...

    def scale_arcsec(self) -> float | None:
        """Return arcseconds per pixel: as solved, else by the rig's optics, else by the header; None where unknown.

        Raises:
            FileError: the frame cannot be read.
        """
        ...

    def measurement(self) -> FrameMeasurement:
        """Return levels and stars of the frame.

        Raises:
            FileError: the frame cannot be read or measured.
        """
        ...

    def may_take(self, more_s: float) -> None:
        """Say that the module at work waits for programs which end by themselves in that time, in seconds.

        It is stopped that much later than other modules are.
        """
        ...


@dataclass(frozen=True)
class ModuleOutcome:
    """How a module ended: completed, failed, or skipped because there was nothing for it to do; what it gives."""

    state: ModuleState
    message: str = ""
    outputs: Mapping[str, object] = field(default_factory=dict)


def completed(message: str = "", **outputs: object) -> ModuleOutcome:
    """Return that a module did its work; ``outputs`` are what it gives, by name."""
    return ModuleOutcome(ModuleState.COMPLETED, message, outputs)


def skipped(message: str) -> ModuleOutcome:
    """Return that there was nothing to do, and why."""
    return ModuleOutcome(ModuleState.SKIPPED, message)


def failed(message: str) -> ModuleOutcome:
    """Return that the work could not be done, and why: one line with what to do."""
    return ModuleOutcome(ModuleState.FAILED, message)


class PipelineModule(Protocol):
    """One piece of work on a frame.

    It is run again and again on the same frame and must then change nothing that is as it should be.
    """

    @property
    def name(self) -> str:
        """Return its name, unique among modules, as it stands in preferences and reports."""
        ...

    @property
    def title(self) -> str:
        """Return what it does, in one sentence."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the outputs of others without which it is skipped."""
        ...

    @property
    def gives(self) -> tuple[str, ...]:
        """Return the names of its outputs."""
        ...

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Do the work.

        Whatever it raises makes it fail with that text, but for a store that fails, a disk or a storage that does not
        answer (`OutOfReachError`), after which the frame is tried again, and a stop that was asked for.
        """
        ...
