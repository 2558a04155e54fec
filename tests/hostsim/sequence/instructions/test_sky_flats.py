"""The sky flats instruction: when the telescope is pointed for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn, cast

import pytest

from hostsim.equipment.rig import Rig
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.sky_flats import SkyFlats
from tsplug import Profile, load_catalogue
from tsplug.testing import first_catalogue, store_light
from tsplug.testing.devices import CommandLog, FakeCamera, FakeWheel


class PointedError(Exception):
    """The telescope was pointed."""


class Pointing:
    """A mount that can be pointed, which is all that is asked here."""

    def slew(self, ra_hours: float, dec_deg: float) -> NoReturn:
        raise PointedError


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    """A host with camera, wheel and mount, whose store knows targets."""
    made, log = make_host(), CommandLog()
    made.context.devices.rig = Rig(
        camera=cast("Any", FakeCamera(log)), wheel=cast("Any", FakeWheel(log)), mount=cast("Any", Pointing())
    )
    load_catalogue(first_catalogue(), made.context.store, clock=made.clock)
    with made.context.store.read() as unit:
        made.profile = unit.list(Profile)[0]
    return made


def test_nothing_is_pointed_for_nothing(host: Host) -> None:
    """Where no flats are due the telescope stays where it is."""
    SkyFlats(when="dusk").run(host)
    assert host.journal.state.flat_runs[-1].message == "no flats are due"


def test_the_telescope_is_pointed_for_flats_that_are_due(host: Host) -> None:
    """Where flats are due it is pointed before they are taken, unless the instruction says otherwise."""
    store_light(host.context.store, "M 42", filter_name="L", started=host.clock.now() - timedelta(hours=20))
    with pytest.raises(PointedError):
        SkyFlats(when="dusk").run(host)
    SkyFlats(when="dusk", dry_run=True).run(host)
    dry = host.journal.state.flat_runs[-1]
    assert (dry.dry_run, len(dry.planned)) == (True, 1)
    steps = dry.message.split("; ")
    assert steps[:2] == [
        "dry run, dusk, 90 minutes at most",
        "flats of 50 % of the camera's range in 0.5 to 30 s, as the sky allows",
    ]
    assert steps[2:] == [
        "open the cover",
        "set readout mode 0",
        "select filter L",
        f"take 10 of 10 sky flats for {dry.planned[0].sessions[0]}",
    ]
