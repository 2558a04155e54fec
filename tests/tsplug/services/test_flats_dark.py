"""Dark flats after flats: behind the closed cover, for each exposure, linked to the sessions of their flats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tsplug.model import FlatHistory, FlatSet, FlatSetState, FlatsType
from tsplug.services.flats_due import flats_due_rows
from tsplug.testing import Killed

if TYPE_CHECKING:
    from conftest import FlatsRig

pytestmark = pytest.mark.both_databases


def test_dark_flats_follow_the_flats(flats_rig: FlatsRig) -> None:
    """One set for each exposure, panel off, linked to every session whose flats were exposed so."""
    flats_rig.light("M 81", "R")
    flats_rig.light("M 81", "G")
    flats_rig.light("M 81", "B")
    report = flats_rig.run(dark_flats=4)
    dark = [item for item in report.taken if item.flats_type is FlatsType.DARK]
    assert [(item.exposure_s, item.on_disk, len(item.sessions)) for item in dark] == [(1.0, 4, 1), (1.2, 4, 1)]
    commands = flats_rig.devices.commands
    first = commands.index("panel.light_off")
    assert commands[first + 1].startswith("frames.take")
    kinds = [request.kind for request in flats_rig.devices.frames.requests]
    assert kinds == ["FLAT"] * 9 + ["DARKFLAT"] * 8
    assert {request.filter_name for request in flats_rig.devices.frames.requests if request.kind == "DARKFLAT"} == {""}
    assert {item.filter_name for item in flats_rig.all(FlatSet) if item.flats_type is FlatsType.DARK} == {""}
    served = sorted((row.flats_type, row.filter_name) for row in flats_rig.all(FlatHistory))
    assert served == [(kind, name) for kind in ("dark", "panel") for name in "BGR"]
    flats_rig.check_books()


def test_a_dry_run_tells_of_them(flats_rig: FlatsRig) -> None:
    """A dry run plans the dark flats that the run takes, and the time they need; those that earlier flats lack too."""
    flats_rig.light("M 81", "R")
    flats_rig.light("M 81", "G")
    flats_rig.light("M 81", "B")
    alone, both = flats_rig.run(dry_run=True), flats_rig.run(dry_run=True, dark_flats=4)
    foreseen = [(item.exposure_s, item.wanted, len(item.sessions)) for item in both.planned[len(alone.planned) :]]
    taken = flats_rig.run(dark_flats=4).taken
    assert foreseen == [
        (item.exposure_s, item.wanted, len(item.sessions)) for item in taken if item.flats_type is FlatsType.DARK
    ]
    assert both.estimate_s - alone.estimate_s == pytest.approx(sum(4 * (each[0] + 4.0) for each in foreseen))
    assert "take 4 of 4 dark flats of 1.2 s for M 81 2026-01-15" in both.message


def test_a_dry_run_tells_of_those_that_earlier_flats_lack(flats_rig: FlatsRig) -> None:
    """Where only dark flats are owed, a dry run says so."""
    flats_rig.light("M 42", "L")
    flats_rig.run()
    assert [item.flats_type for item in flats_rig.run(dry_run=True, dark_flats=4).planned] == [FlatsType.DARK]


def test_they_are_taken_once(flats_rig: FlatsRig) -> None:
    """Flats that have their dark flats get no more in this night."""
    flats_rig.light("M 42", "L")
    flats_rig.run(dark_flats=4)
    assert flats_rig.run(dark_flats=4).message == "no flats are due"


def test_an_interrupted_set_of_dark_flats_goes_on(flats_rig: FlatsRig) -> None:
    """Killed among the dark flats, the next run takes what is missing, although no flats are due any more."""
    flats_rig.light("M 42", "L")
    flats_rig.devices.log.fail("frames.take", on_call=6, error=Killed())
    with pytest.raises(Killed):
        flats_rig.run(dark_flats=4)
    flats_rig.devices.log.revive()
    report = flats_rig.run(dark_flats=4)
    assert [(item.flats_type, item.on_disk) for item in report.taken] == [(FlatsType.DARK, 4)]
    assert len(flats_rig.devices.frames.saved) == 7
    flats_rig.check_books()


def test_dark_flats_alone_serve_no_lights(flats_rig: FlatsRig) -> None:
    """A session whose flats were revoked is due again, dark flats or not."""
    flats_rig.light("M 42", "L")
    flats_rig.run(dark_flats=2)
    with flats_rig.store.write() as unit:
        (taken,) = unit.list(FlatSet, flats_type=FlatsType.PANEL)
        taken.state = FlatSetState.REVOKED
        unit.update(taken)
    (row,) = flats_due_rows(flats_rig.profile_guid, flats_rig.context)
    assert row["due"]


def test_light_in_the_dark_is_flagged(flats_rig: FlatsRig) -> None:
    """A dark flat that has seen light fails with what to look at."""
    flats_rig.light("M 42", "L")
    flats_rig.devices.frames.bias_adu = 20_000.0
    report = flats_rig.run(dark_flats=2)
    assert [item.flats_type for item in report.taken] == [FlatsType.PANEL]
    assert "see that the cover is closed and the panel off" in report.failed[0].reason
