"""The sky flats instruction: when the telescope is pointed for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn, cast

import pytest
from raining import OUT, equipped, rain, run

from hostsim.equipment.rig import Rig
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.sky_flats import SkyFlats
from tsplug import FlatRunReport, Profile, load_catalogue
from tsplug.instructions import Session
from tsplug.instructions import SkyFlats as Sky
from tsplug.ports import FrameRequest
from tsplug.testing import first_catalogue, store_light
from tsplug.testing.devices import CommandLog, FakeCamera, FakeWheel

FRAME = FrameRequest(
    guid="f",
    kind="FLAT",
    filter_name="L",
    exposure_s=1.0,
    gain=None,
    offset=None,
    binning=1,
    readout_mode=None,
    roi_percent=100.0,
    target_name="",
    project_name="",
    session_id=0,
    number=1,
)


class ExposedError(Exception):
    """A frame was exposed."""


def measured(measure: Callable[[Frames, FrameRequest], object]) -> Callable[[Frames, FrameRequest], None]:
    """Return what measures a frame as far as it is exposed."""

    def exposed(frames: Frames, request: FrameRequest) -> None:
        with suppress(ExposedError):
            measure(frames, request)

    return exposed


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


@pytest.mark.parametrize("cameras", [1, 2])
def test_rain_amid_sky_flats_closes_the_cover(
    make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch, cameras: int
) -> None:
    """Each frame is one of the open sky: it is dropped, the shelter taken, and what is missing taken afterwards."""
    host = equipped(make_host())
    host.second = replace(host, leads=False) if cameras == 2 else None
    host.journal.state.standing.cover_open = True
    telescope, taken = rain(host, (10, 30)), []

    def take(given: object, parameters: object, session: Session) -> FlatRunReport:
        for _ in range(3):
            session.context.clock.sleep(300.0)
            session.context.devices.frames.measure(FRAME)
            taken.append(telescope.told.count("park"))
        return FlatRunReport(finished=session.context.clock.now())

    def shoot(
        frames: Frames, exposure: object, *, watch: Callable[[], None] | None = None, **given: object
    ) -> NoReturn:
        assert watch is not None
        watch()
        raise ExposedError

    monkeypatch.setattr(Sky, "obstacles", lambda *given: [])
    monkeypatch.setattr(Sky, "run", take)
    monkeypatch.setattr(Frames, "_shoot", shoot)
    monkeypatch.setattr(Frames, "measure", measured(Frames.measure))
    host.context.devices.take_frames_with(Frames(host))
    run(host, {"type": "sky_flats", "point": False})
    assert taken[:4] == [0, 1, 1, 1]
    assert telescope.told == [*["abort"] * cameras, *OUT[1:], "unpark", "open_cover"]
    # Panel flats, behind the cover, know no weather.
    assert [each.watch_sky for each in host.cameras] == [None] * cameras
