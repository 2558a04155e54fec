"""What the instructions for flats share: nothing begins without equipment, and what came of it is kept and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from hostsim.sequence.host import Host
from hostsim.sequence.indoors import look_out
from hostsim.sequence.shelter import UnsafeError, is_watched
from tsplug import Cancelled, DeviceError, FlatRunReport, FlatSetReport, StoreUnavailableError, TsplugError
from tsplug.instructions import SchedulerImmediateFlats, settle_panel
from tsplug.ports import CoverState


def for_each_camera(take: Callable[[Host], None], host: Host, *, camera: str | None = None) -> None:
    """Do something with the first camera, then with the second one, if any; what fails with one the other does still.

    With ``camera``, the name of a profile, it is done with that one alone. Outside a container, which looks to it after
    them, the shelter is taken as soon as it is not safe any more: flats go on in it.

    Raises:
        UnsafeError: it is not safe to observe any more.
        StoreUnavailableError: the store of both cannot be reached.
        TsplugError: it failed with one or both.
    """
    chosen = host.chosen(camera)
    for each in host.cameras:
        each.watch_out = None if is_watched(host) else partial(look_out, host, drops=False)
    try:
        _for_each(chosen, take)
    finally:
        for each in host.cameras:
            each.watch_out = None


def _for_each(chosen: Sequence[Host], take: Callable[[Host], None]) -> None:
    if len(chosen) == 1:
        take(chosen[0])
        return
    troubles: list[str] = []
    for each in chosen:
        try:
            take(each)
        except (Cancelled, UnsafeError, StoreUnavailableError):
            raise
        except TsplugError as error:
            troubles.append(f"{each.profile.name}: {error}")
    if troubles:
        raise TsplugError("; ".join(troubles))


def end_flats(report: FlatRunReport, host: Host) -> None:
    """Keep the report of a flats run.

    Raises:
        TsplugError: a set failed, or the panel may still shine.
    """
    host.journal.state.flat_runs.append(report.model_copy(update={"profile_name": host.profile.name}))
    _tell(report, host)
    if report.dry_run:
        return
    panel = host.rig.panel
    # A panel that does not answer must not hide what came of the run: where its cover stands is then not known anew.
    with suppress(DeviceError):
        if panel is not None:
            host.journal.state.standing.cover_open = panel.cover_state() is CoverState.OPEN
    troubles = []
    if report.failed:
        troubles.append(f"{len(report.failed)} of the flat sets failed: {report.failed[0].reason}")
    if not report.panel_off:
        troubles.append(f"the panel may still shine: {report.message}")
    if troubles:
        raise TsplugError("; ".join(troubles))


def _tell(report: FlatRunReport, host: Host) -> None:
    whose = "flats" if host.leads else f"flats of {host.profile.name}"
    is_dry = report.dry_run or bool(report.planned)
    # What a dry run would do is many steps, each a line of its own.
    for part in report.message.split("; ") if is_dry else [report.message]:
        host.display.note(f"{whose}: {part}")
    for left in report.left:
        host.display.note(f"{_name(left)}: {left.reason}")
    for skipped in report.skipped:
        said = f"{_name(skipped)} skipped: {skipped.reason}"
        if said in host.warnings or is_dry:
            # A warning is counted once; that it still holds is told all the same.
            host.display.note(said)
        else:
            host.warn(said)
    for failed in report.failed:
        host.warn(f"{_name(failed)}: {failed.reason}")


def _name(report: FlatSetReport) -> str:
    """Return what a set is called in a line: its filter, or that it is one of dark flats, which have none."""
    return f"flats {report.spec.filter_name}" if report.spec.filter_name else "dark flats"


def ready_for_flats(obstacles: list[str], host: Host, *, dry_run: bool) -> None:
    """Make sure that nothing stands in the way of flats; a dry run moves nothing, so there it is only told.

    Raises:
        TsplugError: something does, and the run is to move the equipment.
    """
    if not dry_run:
        host.ready(obstacles)
        return
    for line in obstacles:
        host.display.note(f"flats: would not be taken now: {line}")


def take_immediate_flats(
    parameters: SchedulerImmediateFlats.Parameters, host: Host, *, camera: str | None = None
) -> None:
    """Take what tonight's lights need at once; nothing is touched where that is nothing.

    Raises:
        TsplugError: something is missing, a set failed, or the panel may still shine.
    """

    def take(each: Host) -> None:
        flats = SchedulerImmediateFlats()
        each.ready(flats.obstacles(parameters, each.session))
        end_flats(flats.run(parameters, each.session), each)

    for_each_camera(take, host, camera=camera)


def settle(host: Host) -> None:
    """Switch the panel off and restore the readout mode that a run which never came to its end left, and say so."""
    for each in host.cameras:
        said = settle_panel(each.session)
        if said:
            host.warn(said)
