"""Beginning a night, or taking up the one that was interrupted."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from hostsim.equipment.waiting import Patience
from hostsim.night.options import NightOptions
from hostsim.night.scenarios import scenario_of
from hostsim.saving.fits import sweep
from hostsim.sequence.delivery import deliver
from hostsim.sequence.flats import settle
from hostsim.sequence.host import Host
from hostsim.sequence.journal import load_state
from hostsim.sequence.parse import Parsed
from hostsim.sequence.shelter import UnsafeError, check_safe, point_back, take_shelter
from hostsim.sequence.state import Imaging, NightState
from hostsim.sequence.store_patience import patiently
from hostsim.sequence.sun import has_risen
from hostsim.sequence.unparking import unpark
from tsplug import DeviceError, InputError, TsplugError

STATE = "state.json"

_COOLING = Patience(timeout_s=1800.0, poll_s=5.0)


def kept_state(options: NightOptions, parsed: Parsed, *, seed: int) -> NightState | None:
    """Return the state of the night that the output folder holds, None for a folder without one.

    Raises:
        InputError: the folder holds a night of another sequence, seed, scenario or equipment.
    """
    state = load_state(options.out / STATE)
    if state is None:
        return None
    if state.sequence != parsed.digest:
        raise InputError(_another_sequence(state, parsed, out=options.out))
    if state.seed != seed:
        raise InputError(f"{options.out} holds a night with seed {state.seed}, not {seed}: choose another --out")
    _check_scenario(options, state)
    if (state.simulators is None) != (options.alpaca is not None):
        raise InputError(f"{options.out} holds a night on other equipment: give the same --alpaca, or another --out")
    return state


def _check_scenario(options: NightOptions, state: NightState) -> None:
    """Return when the scenario asked for, if any, goes by the name of the one the night began with, which is kept."""
    if options.scenario is None:
        return
    asked, kept = scenario_of(options.scenario).name, state.scenario.name
    if asked != kept:
        raise InputError(f"{options.out} holds a night of scenario {kept!r}, not {asked!r}: choose another --out")


def _another_sequence(state: NightState, parsed: Parsed, *, out: Path) -> str:
    if state.title == parsed.sequence.name:
        return (
            f"{parsed.file} has changed since the night in {out} began: undo the change to go on with that "
            "night, or choose another --out to begin one"
        )
    return f"{out} holds a night of another sequence, {state.title!r}: choose another --out"


def check_store(options: NightOptions) -> None:
    """Return when the store of a kept night, as far as it is a file, is still there.

    Raises:
        InputError: it is gone.
    """
    path = options.store_url.removeprefix("sqlite:///")
    if path and "://" not in path and not Path(path).exists():
        raise InputError(
            f"the store {path} of the night in {options.out} is gone: put it back, or choose another --out"
        )


def take_up(host: Host) -> None:
    """Go on where the state says: no half-written frames, no untold light, equipment as it was asked to be.

    Raises:
        TsplugError: a light cannot be recorded, or the equipment not brought back; it is left safe then.
    """
    try:
        _take_up(host)
    except BaseException as error:
        host.warn(f"the night cannot go on; {host.leave_safe(error)}")
        # Time has passed: without keeping that, what ends by itself would never be over.
        host.journal.state.stood_down = True
        with suppress(TsplugError):
            host.journal.save()
        raise


def _take_up(host: Host) -> None:
    state = host.journal.state
    since = min(filter(None, (state.sheltered_since, state.moment)))
    if state.standing.connected:
        host.connect_all()
        if state.standing.monitored and host.rig.safety is None:
            raise DeviceError(
                "safety monitor", "was there when the night began, and is not listed now: look at the server"
            )
        settle(host)
        _drop_exposures(host)
    outbox = state.outbox
    for folder in ("lights", "flats"):
        sweep(host.out / folder, keep=[each.part for each in outbox.in_order] if outbox else ())
    if outbox is not None:
        names = ", ".join(each.final.name for each in outbox.in_order)
        host.display.note(f"delivering {names}, which an interruption left behind")
        patiently(partial(deliver, outbox, host, resumed=True), host)
    if state.simulators is None or state.stood_down:
        # Real equipment may have been parked or moved meanwhile: point and focus anew.
        state.imaging, state.focus = Imaging(), None
        state.stood_down = state.sheltered = False
        _restore(host, since=since)


def _drop_exposures(host: Host) -> None:
    """End an exposure that went on while nobody waited for it; what is to be exposed is decided anew."""
    for each in host.cameras:
        if each.rig.camera is not None:
            with suppress(DeviceError):
                each.rig.camera.abort()


def _restore(host: Host, *, since: datetime) -> None:
    """Bring the equipment back to its standing where it is safe, and no day has come since the night was at work."""
    standing, rig = host.journal.state.standing, host.rig
    if rig.panel is not None:
        rig.panel.light_off()
    _shelter_where_due(host, since=since)
    for camera in (each.rig.camera for each in host.cameras):
        if standing.cooled_to_c is not None and camera is not None:
            watch = partial(_shelter_where_due, host, since=since)
            camera.cool(standing.cooled_to_c, tolerance_c=1.0, patience=_COOLING, watch=watch)
    # Cooling takes its time.
    _shelter_where_due(host, since=since)
    if not host.journal.state.sheltered:
        _bring_out(host)


def _shelter_where_due(host: Host, *, since: datetime) -> None:
    try:
        check_safe(host)
    except UnsafeError as error:
        take_shelter(host, why=str(error), since=since)
    if has_risen(host.site, since=since, now=host.clock.now()):
        take_shelter(host, why="the Sun has risen meanwhile", since=since)


def _bring_out(host: Host) -> None:
    standing, rig = host.journal.state.standing, host.rig
    if standing.unparked and rig.mount is not None:
        unpark(rig.mount, host)
        # What stood still before the meridian is brought back by the wait that goes on.
        rig.mount.track(standing.paused is None)
    if standing.cover_open and rig.panel is not None:
        rig.panel.open_cover()
    point_back(host)
