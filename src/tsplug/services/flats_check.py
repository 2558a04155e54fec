"""What keeps flats from being taken: asked before a run, without moving anything."""

from __future__ import annotations

from collections.abc import Iterable

from tsplug.errors import DeviceError
from tsplug.model import FlatInstruction, FlatRunReport
from tsplug.ports import Context, CoverState, Panel
from tsplug.services.flats_run import planned_run
from tsplug.services.flats_sky import run_sky_flats
from tsplug.services.rigs import load_rig


def flat_obstacles(context: Context, *, needs_panel: bool = True, needs_dark: bool = True) -> list[str]:
    """Return what of the equipment keeps every flat from being taken, one line each.

    Args:
        context: the surroundings of the run.
        needs_panel: whether a panel of the profile lights the flats.
        needs_dark: whether its cover must be able to close.
    """
    camera, panel = context.devices.camera, context.devices.panel
    lines = [] if camera is not None else ["no camera is connected"]
    if camera is not None:
        try:
            camera.readout_mode()
        except DeviceError as error:
            lines.append(f"the camera does not answer: {error}")
    if not needs_panel:
        return lines
    if panel is None:
        return [*lines, "no flat panel is connected"]
    return [*lines, *_panel_obstacles(panel, needs_dark=needs_dark)]


def flat_problems(event: FlatInstruction, context: Context) -> list[str]:
    """Return why sets that are due cannot be taken, one line for each reason: rotator, wheel, filter, training.

    Raises:
        NotFoundError: no such profile.
    """
    with context.store.read() as unit:
        rig = load_rig(unit, event.profile_guid)
    try:
        _, plan = planned_run(event, context, rig=rig)
    except DeviceError as error:
        return [str(error)]
    return list(dict.fromkeys(item.reason for item in (*plan.skipped, *plan.failed)))


def sky_problems(event: FlatInstruction, context: Context) -> list[str]:
    """Return why sets that are due cannot be taken by the sky's light, one line for each reason.

    Raises:
        NotFoundError: no such profile.
    """
    plan = _sky_plan(event, context)
    # A wheel that does not answer is planned for as the profile knows it.
    silent = unknown_filters((), context) if plan.planned else []
    return list(dict.fromkeys([*(item.reason for item in plan.skipped), *silent]))


def sky_flats_wanted(event: FlatInstruction, context: Context) -> bool:
    """Return whether a set that is due can be taken by the sky's light.

    Raises:
        NotFoundError: no such profile.
    """
    return bool(_sky_plan(event, context).planned)


def unknown_filters(names: Iterable[str], context: Context) -> list[str]:
    """Return which filters are not in the wheel, one line each."""
    wheel = context.devices.wheel
    if wheel is None:
        return ["no filter wheel is connected"]
    try:
        known = wheel.names
    except DeviceError as error:
        return [f"the filter wheel does not answer: {error}"]
    return [f"filter {name} is not in the wheel ({', '.join(known)})" for name in names if name not in known]


def beyond_panel(minimum_brightness: int | None, context: Context) -> list[str]:
    """Return that the panel has no level as bright as the dimmest one allowed, in one line, or nothing."""
    panel = context.devices.panel
    if minimum_brightness is None or panel is None:
        return []
    try:
        brightest = panel.max_brightness
    except DeviceError:
        # That it does not answer is said of the panel itself.
        return []
    if minimum_brightness <= brightest:
        return []
    return [f"minimum_brightness is {minimum_brightness}, the panel's brightest level {brightest}: lower it"]


def _sky_plan(event: FlatInstruction, context: Context) -> FlatRunReport:
    with context.store.read() as unit:
        rig = load_rig(unit, event.profile_guid)
    return run_sky_flats(event.model_copy(update={"dry_run": True}), context, rig=rig)


def _panel_obstacles(panel: Panel, *, needs_dark: bool) -> list[str]:
    try:
        lines = [] if panel.max_brightness >= 1 else ["the flat panel has no light"]
        state = panel.cover_state() if needs_dark else CoverState.CLOSED
    except DeviceError as error:
        return [f"the flat panel does not answer: {error}"]
    if state in (CoverState.UNKNOWN, CoverState.ERROR):
        lines.append(f"the panel's cover reports {state}: look at it, move it by hand if need be")
    return lines
