"""What the instructions for flats share: nothing begins without equipment, and what came of it is kept and told."""

from __future__ import annotations

from contextlib import suppress

from hostsim.sequence.host import Host
from tsplug import DeviceError, FlatRunReport, TsplugError
from tsplug.instructions import SchedulerImmediateFlats, settle_panel
from tsplug.ports import CoverState


def end_flats(report: FlatRunReport, host: Host) -> None:
    """Keep the report of a flats run.

    Raises:
        TsplugError: a set failed, or the panel may still shine.
    """
    host.journal.state.flat_runs.append(report)
    _tell(report, host)
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
    if report.planned or not (report.taken or report.skipped or report.left or report.failed):
        # What a dry run would do is many steps, each a line of its own.
        for part in report.message.split("; ") if report.planned else [report.message]:
            host.display.note(f"flats: {part}")
    for left in report.left:
        host.display.note(f"flats {left.spec.filter_name}: {left.reason}")
    for skipped in report.skipped:
        host.warn_once(f"flats {skipped.spec.filter_name} skipped: {skipped.reason}")
    for failed in report.failed:
        host.warn(f"flats {failed.spec.filter_name}: {failed.reason}")


def take_immediate_flats(parameters: SchedulerImmediateFlats.Parameters, host: Host) -> None:
    """Take what tonight's lights need at once; nothing is touched where that is nothing.

    Raises:
        TsplugError: something is missing, a set failed, or the panel may still shine.
    """
    flats = SchedulerImmediateFlats()
    host.ready(flats.obstacles(parameters, host.session))
    end_flats(flats.run(parameters, host.session), host)


def settle(host: Host) -> None:
    """Switch the panel off and restore the readout mode that a run which never came to its end left, and say so."""
    said = settle_panel(host.session)
    if said:
        host.warn(said)
