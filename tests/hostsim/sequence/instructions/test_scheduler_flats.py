"""The flats instruction, with a plugin in tsplug's place."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any, cast

import pytest

from hostsim.equipment.rig import Rig
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.scheduler_flats import SchedulerFlats
from tsplug import FlatRunReport, TsplugError, hookimpl
from tsplug.model import FlatSetReport, FlatSpec
from tsplug.testing.devices import CommandLog, FakeCamera, FakePanel


class Answering:
    """A plugin that has taken the flats, and says so."""

    def __init__(self, report: FlatRunReport) -> None:
        self.report = report

    @hookimpl
    def flat_instruction_run(self, event: object, context: object) -> FlatRunReport:
        return self.report


class Losing(Answering):
    """A plugin whose run ends with a panel that does not answer any more."""

    def __init__(self, report: FlatRunReport, panel: FakePanel) -> None:
        super().__init__(report)
        self.panel = panel

    @hookimpl
    def flat_instruction_run(self, event: object, context: object) -> FlatRunReport:
        self.panel.log.fail("panel.cover_state")
        return self.report


def with_report(host: Host, report: FlatRunReport) -> Host:
    """Let a plugin answer the host with a report; camera and panel are there, the cover is open."""
    log = CommandLog()
    panel = FakePanel(log)
    panel.open_cover()
    host.context.devices.rig = Rig(camera=cast("Any", FakeCamera(log)), panel=cast("Any", panel))
    host.manager.register(Answering(report))
    return host


def test_a_panel_that_may_shine_is_an_error(make_host: Callable[[], Host]) -> None:
    """All sets taken, and the light could not be switched off: the night must not go on as if it were dark."""
    host = with_report(make_host(), FlatRunReport(panel_off=False, message="the panel did not answer"))
    with pytest.raises(TsplugError, match="may still shine: the panel did not answer"):
        SchedulerFlats().run(host)


def test_a_cover_that_was_not_moved_stands_where_it_stood(make_host: Callable[[], Host]) -> None:
    """Where no flats are due the cover stays open, and a night that is resumed knows it."""
    host = with_report(make_host(), FlatRunReport(message="no flats are due"))
    SchedulerFlats().run(host)
    assert host.journal.state.standing.cover_open


FAILED = FlatSetReport(
    spec=FlatSpec(
        filter_name="Ha", gain=100, offset=50, binning=1, readout_mode=None, roi_percent=100.0, rotation_deg=None
    ),
    sessions=("M 42 2026-01-15",),
    wanted=4,
    on_disk=1,
    reason="the wheel is stuck",
)


def test_a_panel_that_may_shine_is_told_beside_failed_sets(make_host: Callable[[], Host]) -> None:
    """Sets that failed do not hide that the panel may be lit."""
    report = FlatRunReport(failed=(FAILED,), panel_off=False, message="the panel did not answer")
    host = with_report(make_host(), report)
    with pytest.raises(TsplugError, match="1 of the flat sets failed: the wheel is stuck; the panel may still shine"):
        SchedulerFlats().run(host)


def test_a_panel_that_does_not_answer_in_the_end_does_not_hide_what_failed(make_host: Callable[[], Host]) -> None:
    """Where the cover stands cannot be asked any more: the reasons of the run are told all the same."""
    report = FlatRunReport(failed=(FAILED,), panel_off=False, message="the lamp is lost")
    host = with_report(make_host(), report)
    host.manager.register(Losing(report, cast("FakePanel", host.rig.panel)))
    with pytest.raises(TsplugError, match="the wheel is stuck; the panel may still shine: the lamp is lost"):
        SchedulerFlats().run(host)


@pytest.mark.parametrize(
    "report",
    [
        FlatRunReport(message="no flats are due"),
        FlatRunReport(planned=(FAILED,), message="dry run, about 5 minutes; close the cover"),
    ],
)
def test_what_a_run_without_flats_has_to_say_is_shown(
    make_host: Callable[[], Host], screen: StringIO, report: FlatRunReport
) -> None:
    """A dry run shows its steps, each in a line, and a run with nothing to do says so."""
    SchedulerFlats().run(with_report(make_host(), report))
    lines = screen.getvalue().splitlines()
    assert all(any(f"flats: {part}" in line for line in lines) for part in report.message.split("; "))


def test_what_is_skipped_again_is_told_again(make_host: Callable[[], Host], screen: StringIO) -> None:
    """A second run that skips everything says so and why; the warning is counted once."""
    host = with_report(make_host(), FlatRunReport(skipped=(FAILED,), message="every due set was skipped"))
    for _ in range(2):
        SchedulerFlats().run(host)
    assert screen.getvalue().count("flats: every due set was skipped") == 2
    assert screen.getvalue().count("flats Ha skipped: the wheel is stuck") == 2
    assert host.warnings == ["flats Ha skipped: the wheel is stuck"]


def test_dark_flats_are_not_named_after_a_filter(make_host: Callable[[], Host], screen: StringIO) -> None:
    """What failed of dark flats is told as such."""
    dark = FAILED.model_copy(update={"spec": FAILED.spec.model_copy(update={"filter_name": ""})})
    with pytest.raises(TsplugError):
        SchedulerFlats().run(with_report(make_host(), FlatRunReport(failed=(dark,))))
    assert "dark flats: the wheel is stuck" in screen.getvalue()


def test_a_dry_run_needs_no_equipment(make_host: Callable[[], Host], screen: StringIO) -> None:
    """Without camera and panel a dry run plans all the same, and says what would stand in the way."""
    host = make_host()
    host.manager.register(Answering(FlatRunReport(dry_run=True, message="dry run, about 0 minutes")))
    with pytest.raises(TsplugError, match="no camera is connected"):
        SchedulerFlats().run(host)
    SchedulerFlats(dry_run=True).run(host)
    text = " ".join(screen.getvalue().split())
    assert "flats: would not be taken now: Scheduler Flats: no camera is connected" in text
    assert "flats: dry run, about 0 minutes" in text
