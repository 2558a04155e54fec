"""What tsplug needs from the outside, as Protocols: store, clock, devices, frames, files, progress, cancellation."""

from __future__ import annotations

from tsplug.model import SkyStars
from tsplug.ports.clock import Clock, SteadyClock
from tsplug.ports.context import Cancellation, Context, Progress
from tsplug.ports.devices import (
    Camera,
    CoverState,
    Devices,
    FilterWheel,
    FrameLevels,
    FrameMeter,
    FrameRequest,
    FrameTaker,
    Panel,
    Rotator,
    SavedFrame,
)
from tsplug.ports.files import FrameFiles, FrameHeaders, FramePixels, FrameStatus, HeaderEditor, Pictures, ScanProgress
from tsplug.ports.jobs import BufferSweep, FrameTask, JobQuery, MoreTime, Runner, TaskNews, Tell, Work
from tsplug.ports.lookups import PlaceLookups
from tsplug.ports.pipeline import (
    MODULE_GROUP,
    FrameAtWork,
    ModuleOutcome,
    PipelineModule,
    PipelineTools,
    completed,
    failed,
    skipped,
)
from tsplug.ports.profile_archive import ArchiveSink, ArchiveSource, Document
from tsplug.ports.scheduler_database import SchedulerSink, SchedulerSource
from tsplug.ports.solver import SOLVERS, PlateSolver, SolveOutcome, SolveRequest, SolveState, StarCatalogue
from tsplug.ports.storage import FrameStorage
from tsplug.ports.store import (
    CameraSetting,
    Changes,
    Dangling,
    ExposureTally,
    Ids,
    ImageQuery,
    Recalled,
    Spoilt,
    Store,
    Unit,
    ids_of,
)
from tsplug.ports.stored_frames import NightOfRig, StoredFrames, VerdictRow

__all__ = [
    "MODULE_GROUP",
    "SOLVERS",
    "ArchiveSink",
    "ArchiveSource",
    "BufferSweep",
    "Camera",
    "CameraSetting",
    "Cancellation",
    "Changes",
    "Clock",
    "Context",
    "CoverState",
    "Dangling",
    "Devices",
    "Document",
    "ExposureTally",
    "FilterWheel",
    "FrameAtWork",
    "FrameFiles",
    "FrameHeaders",
    "FrameLevels",
    "FrameMeter",
    "FramePixels",
    "FrameRequest",
    "FrameStatus",
    "FrameStorage",
    "FrameTaker",
    "FrameTask",
    "HeaderEditor",
    "Ids",
    "ImageQuery",
    "JobQuery",
    "ModuleOutcome",
    "MoreTime",
    "NightOfRig",
    "Panel",
    "Pictures",
    "PipelineModule",
    "PipelineTools",
    "PlaceLookups",
    "PlateSolver",
    "Progress",
    "Recalled",
    "Rotator",
    "Runner",
    "SavedFrame",
    "ScanProgress",
    "SchedulerSink",
    "SchedulerSource",
    "SkyStars",
    "SolveOutcome",
    "SolveRequest",
    "SolveState",
    "Spoilt",
    "StarCatalogue",
    "SteadyClock",
    "Store",
    "StoredFrames",
    "TaskNews",
    "Tell",
    "Unit",
    "VerdictRow",
    "Work",
    "completed",
    "failed",
    "ids_of",
    "skipped",
]
