"""The public kit for authors of hosts and plugins: a manual clock, a store in memory, a small catalogue, fake rigs."""

from __future__ import annotations

from tsplug.testing.catalogue import first_catalogue, stocked_store
from tsplug.testing.clock import ManualClock
from tsplug.testing.context import CountingCancellation, FakeContext, PresentFiles, RecordingProgress
from tsplug.testing.devices import (
    CommandLog,
    FakeCamera,
    FakeDevices,
    FakeFrames,
    FakePanel,
    FakeRotator,
    FakeWheel,
    Killed,
    recording_devices,
)
from tsplug.testing.lights import store_light
from tsplug.testing.store import memory_store, stores_made_by

__all__ = [
    "CommandLog",
    "CountingCancellation",
    "FakeCamera",
    "FakeContext",
    "FakeDevices",
    "FakeFrames",
    "FakePanel",
    "FakeRotator",
    "FakeWheel",
    "Killed",
    "ManualClock",
    "PresentFiles",
    "RecordingProgress",
    "first_catalogue",
    "memory_store",
    "recording_devices",
    "stocked_store",
    "store_light",
    "stores_made_by",
]
