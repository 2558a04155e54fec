"""tsplug, the target scheduler that a sequencer loads as a plugin.

This is the one door: the marker for hook implementations, the values that hooks receive and return, and what a host
needs to set tsplug up. Everything else is private to the package, except `tsplug.hookspecs`, `tsplug.ports`,
`tsplug.instructions` and `tsplug.testing`.

What is behind the door is fetched when it is asked for: most of a second goes into it, in which a command that imports
anything of tsplug could not be interrupted in an orderly way.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tsplug.errors import (
        AmbiguousNameError,
        Cancelled,
        DeviceError,
        FileError,
        InputError,
        NotFoundError,
        StoreError,
        StoreTooNewError,
        StoreUnavailableError,
        TsplugError,
    )
    from tsplug.hookspecs import hookimpl
    from tsplug.metrics import METRICS, Metric
    from tsplug.model import (
        NEVER_FLIPS_MIN,
        AcquiredImage,
        Band,
        ContainerStarted,
        ContainerStopped,
        Decision,
        DecisionRequest,
        Dither,
        Expose,
        ExposureOutcome,
        ExposurePlan,
        ExposureSaved,
        ExposureTemplate,
        FlatInstruction,
        FlatRunReport,
        FlatSetReport,
        FlatSpec,
        FlatsTaken,
        GradePlan,
        GraderVerdict,
        GradingStatus,
        ImageGrade,
        ImageGraded,
        ImageSaved,
        News,
        NothingLeft,
        PierSide,
        PlanGrades,
        Profile,
        Project,
        Rejection,
        RotateTo,
        SessionDue,
        SetReadoutMode,
        Site,
        SlewCenter,
        Step,
        SwitchFilter,
        TakeExposure,
        Target,
        TargetCompleted,
        TargetStarted,
        Until,
        Verdict,
        VerdictStatus,
        WaitEnded,
        WaitStarted,
        WaitUntil,
        new_guid,
    )
    from tsplug.ports import Clock, FrameFiles, Store

__version__ = "0.1.0"

__all__ = [
    "METRICS",
    "NEVER_FLIPS_MIN",
    "AcquiredImage",
    "AmbiguousNameError",
    "Band",
    "Cancelled",
    "ContainerStarted",
    "ContainerStopped",
    "Decision",
    "DecisionRequest",
    "DeviceError",
    "Dither",
    "Expose",
    "ExposureOutcome",
    "ExposurePlan",
    "ExposureSaved",
    "ExposureTemplate",
    "FileError",
    "FlatInstruction",
    "FlatRunReport",
    "FlatSetReport",
    "FlatSpec",
    "FlatsTaken",
    "GradePlan",
    "GraderVerdict",
    "GradingStatus",
    "ImageGrade",
    "ImageGraded",
    "ImageSaved",
    "InputError",
    "Metric",
    "News",
    "NotFoundError",
    "NothingLeft",
    "PierSide",
    "PlanGrades",
    "Profile",
    "Project",
    "Rejection",
    "RotateTo",
    "SessionDue",
    "SetReadoutMode",
    "Site",
    "SlewCenter",
    "Step",
    "StoreError",
    "StoreTooNewError",
    "StoreUnavailableError",
    "SwitchFilter",
    "TakeExposure",
    "Target",
    "TargetCompleted",
    "TargetStarted",
    "TsplugError",
    "Until",
    "Verdict",
    "VerdictStatus",
    "WaitEnded",
    "WaitStarted",
    "WaitUntil",
    "__version__",
    "frame_files",
    "hookimpl",
    "load_catalogue",
    "load_second_camera",
    "new_guid",
    "open_store",
]

_BEHIND = ("tsplug.errors", "tsplug.hookspecs", "tsplug.metrics", "tsplug.model")
_PUBLIC = (*_BEHIND, "tsplug.ports")

# Checkers of types go by the imports above: to them, this would make any name one that tsplug has.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Fetch what is exported, and the modules that it comes from."""
        if f"{__name__}.{name}" in _PUBLIC:
            return import_module(f"{__name__}.{name}")
        if name in __all__:
            for behind in map(import_module, _BEHIND):
                if hasattr(behind, name):
                    return globals().setdefault(name, getattr(behind, name))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        """Return what is there and what is fetched when it is asked for, as a shell completes it."""
        return sorted({*globals(), *__all__})


def open_store(url: str, clock: Clock) -> Store:
    """Open the store at a database URL (a plain path is an SQLite file), migrating an older one after a backup.

    Raises:
        StoreTooNewError: a newer tsplug wrote it; it is left untouched.
        StoreUnavailableError: it cannot be opened or written.
    """
    from tsplug.app import open_store as open_concrete_store

    return open_concrete_store(url, clock)


def frame_files() -> FrameFiles:
    """Return what reads FITS frames from this machine's disks."""
    from tsplug.app import frame_files as concrete_frame_files

    return concrete_frame_files()


def load_catalogue(document: Mapping[str, Any], store: Store, *, clock: Clock) -> Profile:
    """Bring site, profile, templates, projects, targets, plans and trained flats of a document into the store.

    Records are recognised by name within their parent, so loading twice changes nothing; counters are never touched.

    Returns:
        The document's profile as stored.

    Raises:
        InputError: fields are missing or wrong: a line ``path: message`` for each. Nothing is stored then.
    """
    from tsplug.services.catalogue import load_catalogue as load

    return load(document, store, clock=clock)


def load_second_camera(document: Mapping[str, Any], store: Store, *, clock: Clock, first: Profile) -> Profile:
    """Bring the profile of a second camera on a mount into the store; it contributes to all projects of the first one.

    Returns:
        The second camera's profile as stored.

    Raises:
        InputError: fields are missing or wrong: a line ``path: message`` for each. Nothing is stored then.
    """
    from tsplug.services.catalogue import load_catalogue as load
    from tsplug.services.second_camera import pair_profiles

    profile = load(document, store, clock=clock)
    pair_profiles(store, owner_guid=first.guid, profile_guid=profile.guid)
    return profile
