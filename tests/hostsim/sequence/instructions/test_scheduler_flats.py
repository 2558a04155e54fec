"""The flats instruction, with a plugin in tsplug's place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from hostsim.equipment.rig import Rig
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.scheduler_flats import SchedulerFlats
from tsplug import FlatRunReport, TsplugError, hookimpl
from tsplug.testing.devices import CommandLog, FakeCamera, FakePanel


class Answering:
    """A plugin that has taken the flats, and says so."""

    def __init__(self, report: FlatRunReport) -> None:
        self.report = report

    @hookimpl
    def flat_instruction_run(self, event: object, context: object) -> FlatRunReport:
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
