"""What tsplug needs from the outside, as Protocols: store, clock, devices, frames, files, progress, cancellation."""

from __future__ import annotations

from tsplug.ports.clock import Clock
from tsplug.ports.context import Cancellation, Context, Progress
from tsplug.ports.devices import (
    Camera,
    CoverState,
    Devices,
    FilterWheel,
    FrameRequest,
    FrameTaker,
    Panel,
    Rotator,
    SavedFrame,
)
from tsplug.ports.files import FrameFiles, FramePixels, FrameStatus
from tsplug.ports.store import Dangling, ImageQuery, Store, Unit

__all__ = [
    "Camera",
    "Cancellation",
    "Clock",
    "Context",
    "CoverState",
    "Dangling",
    "Devices",
    "FilterWheel",
    "FrameFiles",
    "FramePixels",
    "FrameRequest",
    "FrameStatus",
    "FrameTaker",
    "ImageQuery",
    "Panel",
    "Progress",
    "Rotator",
    "SavedFrame",
    "Store",
    "Unit",
]
