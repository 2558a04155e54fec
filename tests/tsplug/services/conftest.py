"""A rig for tests of flats: a stocked store with recording devices on the morning after a night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tsplug.errors import DeviceError
from tsplug.model import (
    FlatHistory,
    FlatInstruction,
    FlatRunReport,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    Profile,
    TrainedFlat,
)
from tsplug.ports import FrameRequest, Store
from tsplug.services.flats_run import run_flats
from tsplug.testing import FakeContext, FakeDevices, ManualClock, recording_devices, stocked_store, store_light

EVENING = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 1, 16, 6, 30, tzinfo=UTC)


@dataclass
class FlatsRig:
    """A stocked store with recording devices; sets have three frames unless a test says otherwise."""

    store: Store
    clock: ManualClock
    devices: FakeDevices
    context: FakeContext
    profile_guid: str

    def run(self, **parameters: Any) -> FlatRunReport:
        """Run the flats instruction."""
        return run_flats(FlatInstruction(profile_guid=self.profile_guid, **{"count": 3} | parameters), self.context)

    def light(self, target: str = "M 42", filter_name: str = "L", **changes: Any) -> None:
        """Store a light of the night."""
        started = changes.pop("started", EVENING)
        store_light(self.store, target, filter_name=filter_name, started=started, **changes)

    def light_two_sets(self) -> None:
        """Store lights that need two sets at two angles, one with another readout mode."""
        self.light("M 42", "L", rotation_deg=100.0)
        self.light("M 42", "Ha", rotation_deg=20.0, readout_mode=1)
        self.change(TrainedFlat, readout_mode=None)

    def all(self, kind: type) -> list[Any]:
        """Return every record of a kind."""
        with self.store.read() as unit:
            return unit.list(kind)

    def change(self, kind: type, **values: Any) -> None:
        """Change every record of a kind."""
        with self.store.write() as unit:
            record: Any
            for record in unit.list(kind):
                for name, value in values.items():
                    setattr(record, name, value)
                unit.update(record)

    def silence(self, device: object, attribute: str) -> None:
        """Let reading an attribute of a device fail, as it does where the device is lost."""

        def refuse(_: object) -> None:
            raise DeviceError("device", "no answer")

        kind = type(device)
        device.__class__ = type(kind.__name__, (kind,), {attribute: property(refuse)})

    def check_books(self) -> None:
        """Assert that the panel is dark, every recorded frame is on disk once, and history follows complete sets."""
        files = self.all(FlatSetFile)
        assert self.devices.panel is not None
        assert self.devices.panel.level == 0
        assert all(Path(file.file).exists() for file in files)
        assert len({file.guid for file in files}) == len({file.file for file in files}) == len(files)
        flagged = {item.id for item in self.all(FlatSet) if item.state is FlatSetState.FLAGGED}
        assert all((file.flat_set_id in flagged) is file.file.endswith(".fits.flagged") for file in files)
        complete = {item.id for item in self.all(FlatSet) if item.state is FlatSetState.COMPLETE}
        assert {row.flat_set_id for row in self.all(FlatHistory)} == complete
        for item in self.all(FlatSet):
            count = sum(file.flat_set_id == item.id for file in files)
            assert count == item.wanted if item.id in complete else count <= item.wanted


@pytest.fixture
def flats_rig(tmp_path: Path) -> FlatsRig:
    """Return a rig whose panel gives the trained level of 25 000 ADU in every filter."""
    clock = ManualClock(EVENING - timedelta(hours=3))
    store = stocked_store(clock)
    clock.set(MORNING)
    devices = recording_devices(clock, tmp_path / "flats")
    with store.read() as unit:
        trained = {row.filter_name: row for row in unit.list(TrainedFlat)}
        profile = unit.list(Profile)[0]

    def level(request: FrameRequest, brightness: int) -> float:
        row = trained[request.filter_name]
        return min(65_535.0, 25_000.0 * request.exposure_s / row.exposure_s * brightness / row.brightness)

    devices.frames.level = level
    return FlatsRig(store, clock, devices, FakeContext(store, clock, devices), profile.guid)
