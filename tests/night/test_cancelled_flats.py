"""Stops that are asked for while something is under way, over real HTTP: everything ends safe, the rest comes later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flat_bench import MORNING, FlatBench, flat_bench, records, two_filters, two_sets, wrong_books

from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraStatus
from hostsim.devices.covercalibrator import CoverCalibrator, CoverStatus
from hostsim.devices.filterwheel import FilterWheel
from hostsim.devices.observatory import Observatory
from hostsim.sequence.host import Host, HostDevices
from hostsim.sequence.stopping import StopRequest, WatchfulClock
from tsplug import Cancelled, FlatInstruction, FlatRunReport
from tsplug.instructions import INSTRUCTIONS, FlatWizard
from tsplug.model import (
    ChangedReadoutMode,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    LitPanel,
    SkyFlatSettings,
    TrainedFlat,
)

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("cancelled flats")]

DAWN = datetime(2026, 1, 16, 5, 55, tzinfo=UTC)
COUNT = 2

UnderWay = Callable[[Observatory], bool]

CAMERA: UnderWay = lambda observatory: observatory.camera.state.status is CameraStatus.EXPOSING  # noqa: E731
MOMENTS: dict[str, tuple[UnderWay, int]] = {
    "the cover closes": (lambda observatory: observatory.of(CoverCalibrator)[0].state.cover_s > 0, 1),
    "the rotator turns": (lambda observatory: observatory.rotator.is_moving(), 1),
    "the wheel turns": (lambda observatory: observatory.of(FilterWheel)[0].state.moving_s > 0, 1),
    "the lamp warms up": (lambda observatory: observatory.of(CoverCalibrator)[0].state.warm_up_s > 0, 1),
    "the first frame is exposed": (CAMERA, 3),
    "a frame of the second set is exposed": (CAMERA, 80),
}
"""What is under way, and for how many looks, half a second each, before the stop is asked for."""


class StoppingClock:
    """A clock that jumps, and has a stop asked for in a sleep, once something has been under way for some sleeps."""

    def __init__(self, clock: SimulatedClock, observatory: Observatory, stop: StopRequest) -> None:
        self._clock, self._observatory, self._stop = clock, observatory, stop
        self.under_way: UnderWay = lambda observatory: False
        self.looks = 0

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        if self.looks and self.under_way(self._observatory):
            self.looks -= 1
            if not self.looks:
                self._stop.ask()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlatBench]:
    """The observatory of two filters behind its server."""
    with flat_bench(tmp_path_factory.mktemp("cancelled"), two_filters()) as made:
        yield made


class Stopped:
    """A morning on which a stop is asked for while something is under way."""

    def __init__(self, bench: FlatBench, under_way: UnderWay, looks: int, *, moment: datetime = MORNING) -> None:
        self.bench, self.stop = bench, StopRequest()
        self.out = bench.begin_anew(moment)
        self.clock = StoppingClock(bench.clock, bench.observatory, self.stop)
        self.clock.under_way, self.clock.looks = under_way, looks
        devices = HostDevices()
        devices.rig = bench.connected(WatchfulClock(self.clock, self.stop))
        self.store = two_sets(bench.clock)
        self.host: Host = bench.host(self.store, self.out, devices=devices, stop=self.stop)

    def run(self, **changes: Any) -> FlatRunReport:
        """Run the flats."""
        event = FlatInstruction(profile_guid=self.host.profile.guid, count=COUNT, **changes)
        report = self.host.manager.hook.flat_instruction_run(event=event, context=self.host.context)
        assert isinstance(report, FlatRunReport)
        return report

    def go_on(self) -> None:
        """Let work go on, after a while."""
        self.stop.withdraw()
        self.bench.clock.sleep(60.0)

    def check_safe(self) -> None:
        """Assert that no light shines, nothing is exposed, the readout mode is as before, and the books are right."""
        panel = self.bench.observatory.of(CoverCalibrator)[0].state
        assert not panel.lit
        assert panel.cover is CoverStatus.CLOSED
        assert self.bench.observatory.camera.state.status is CameraStatus.IDLE
        assert self.bench.observatory.camera.state.readout_mode == 0
        assert records(self.store, LitPanel) == records(self.store, ChangedReadoutMode) == []
        assert list(wrong_books(self.store, self.out)) == []


@pytest.mark.parametrize(("under_way", "looks"), MOMENTS.values(), ids=MOMENTS)
def test_a_panel_run_ends_dark_at_once_and_goes_on_later(bench: FlatBench, under_way: UnderWay, looks: int) -> None:
    """The exposure is aborted and no frame comes of it; what was taken counts, and the next run takes just the rest."""
    morning = Stopped(bench, under_way, looks)
    with pytest.raises(Cancelled):
        morning.run()
    morning.check_safe()
    before = len(records(morning.store, FlatSetFile))
    begun = [item.state for item in records(morning.store, FlatSet)]
    assert begun.count(FlatSetState.INTERRUPTED) == (under_way is CAMERA)
    assert before == (COUNT if looks > 3 else 0)
    morning.go_on()
    report = morning.run()
    assert report.failed == ()
    morning.check_safe()
    assert len(records(morning.store, FlatSetFile)) == 2 * COUNT
    assert len(records(morning.store, FlatHistory)) == 2


def test_dark_flats_are_cancelled_amid_an_exposure(bench: FlatBench) -> None:
    """A stop in a dark flat leaves the flats complete, and the next run takes the missing dark flats alone."""
    morning = Stopped(bench, CAMERA, 110)
    with pytest.raises(Cancelled):
        morning.run(dark_flats=COUNT)
    morning.check_safe()
    assert len(records(morning.store, FlatHistory)) == 2
    taken = len(records(morning.store, FlatSetFile))
    morning.go_on()
    report = morning.run(dark_flats=COUNT)
    assert {item.flats_type for item in report.taken} == {"dark"}
    assert taken >= 2 * COUNT
    assert len(records(morning.store, FlatSetFile)) == 4 * COUNT
    morning.check_safe()


@pytest.mark.parametrize("cover_at_end", ["open", "closed"])
def test_sky_flats_close_the_cover_that_nobody_will_close(bench: FlatBench, cover_at_end: str) -> None:
    """A stop while the sky is exposed aborts the frame and closes the cover; the set goes on in the same dawn."""
    morning = Stopped(bench, CAMERA, 25, moment=DAWN)
    with pytest.raises(Cancelled):
        morning.run(kind="sky", sky=SkyFlatSettings(when="dawn"), cover_at_end=cover_at_end)
    # The cover goes on closing by itself.
    bench.clock.sleep(10.0)
    bench.observatory.advance()
    morning.check_safe()
    assert [item.state for item in records(morning.store, FlatSet)].count(FlatSetState.INTERRUPTED) <= 1
    morning.go_on()
    report = morning.run(kind="sky", sky=SkyFlatSettings(when="dawn"))
    assert report.failed == ()
    assert len(report.taken) + len(report.left) >= 1
    morning.check_safe()


def test_training_is_cancelled_amid_an_exposure(bench: FlatBench) -> None:
    """A stop while the wizard looks at a frame leaves the panel dark, and what was trained until then trained."""
    morning = Stopped(bench, CAMERA, 8)
    wizard = INSTRUCTIONS["Flat Wizard"]
    assert isinstance(wizard, FlatWizard)
    before = [row.trained_at for row in records(morning.store, TrainedFlat)]
    with pytest.raises(Cancelled):
        wizard.run(FlatWizard.Parameters(gain=100, offset=30), morning.host.session)
    morning.check_safe()
    assert [row.trained_at for row in records(morning.store, TrainedFlat)] == before
