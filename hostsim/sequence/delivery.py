"""Tells of a saved light: exactly once, whatever happens in between."""

from __future__ import annotations

import logging

from hostsim.saving.fits import finish
from hostsim.sequence.host import Host
from hostsim.sequence.state import Outbox
from tsplug import FileError, GradePlan, ImageSaved, StoreUnavailableError, TsplugError
from tsplug.hookspecs import notify_exposure_saved, notify_listeners, request_grades

_log = logging.getLogger(__name__)

_AWAY = StoreUnavailableError.__name__


def deliver(outbox: Outbox, host: Host, *, resumed: bool = False) -> None:
    """Give a promised frame its name, tell every plugin, have its plan graded, and clear the promise.

    What was promised before it comes first. Each step may be done again: a name that is given stays, and a light that
    is recorded is recorded once. One of before, and with ``resumed`` any, costs a warning where a store that can be
    reached refuses it: no other time would do better, and its file stays. One that cannot get its name stays promised.

    Raises:
        FileError: the frame cannot get its name.
        StoreUnavailableError: the light is on disk, and the store cannot be reached to record it; the promise stays.
        TsplugError: no plugin has recorded it for another reason; the promise stays.
    """
    left: Outbox | None = None
    for each in outbox.in_order:
        try:
            _deliver(each, host, resumed=resumed)
        except StoreUnavailableError:
            raise
        except TsplugError as error:
            if each is outbox and not resumed:
                raise
            if isinstance(error, FileError):
                host.warn_once(f"{error}; it is tried again")
                left = each.model_copy(update={"earlier": left})
            else:
                host.warn_once(f"{error}; mend that, then let `tsplug images reconcile` of its folder record it")
    host.journal.state.outbox = left
    host.journal.save()


def _deliver(outbox: Outbox, host: Host, *, resumed: bool) -> None:
    finish(outbox.part, outbox.final)
    if outbox.event is not None and outbox.final.exists():
        _tell(outbox, host, resumed=resumed)
    elif not outbox.final.exists():
        host.warn(f"{outbox.final}: the frame was removed before it could be recorded")


def _tell(outbox: Outbox, host: Host, *, resumed: bool) -> None:
    event = outbox.event
    assert event is not None
    outcomes, failures = notify_exposure_saved(host.manager, event, context=host.context)
    for name, failure in failures.items():
        host.warn_once(f"plugin {name} failed on {event.file.name}: {failure}")
    if not outcomes:
        why = "; ".join(failures.values()) or "no plugin records exposures"
        is_away = any(each.startswith(_AWAY) for each in failures.values())
        again = "" if resumed and not is_away else ": run the same command again to record it"
        kind = StoreUnavailableError if is_away else TsplugError
        raise kind(f"{event.file} is on disk but not recorded ({why}){again}")
    host.journal.state.recorded += not outcomes[0].already_recorded
    _log.info("saved %s: %s", event.file, outcomes[0].status.value)
    notify_listeners(host.manager, ImageSaved(exposure=event, outcome=outcomes[0]), context=host.context)
    if outbox.grade and (resumed or any(outcome.grading_wanted for outcome in outcomes)):
        grade(GradePlan(plan_guid=event.plan_guid, trigger="resume" if resumed else "exposure"), host)


def grade(event: GradePlan, host: Host, *, needs_store: bool = False) -> None:
    """Have a plan graded; what goes wrong costs a warning, and its lights stay as they are.

    Raises:
        StoreUnavailableError: the store cannot be reached, and with ``needs_store`` it is to be waited for.
    """
    try:
        grades = request_grades(host.manager, event, context=host.context)
        for warning in () if grades is None else grades.warnings:
            host.warn(warning)
    except TsplugError as error:
        if needs_store and isinstance(error, StoreUnavailableError):
            raise
        host.warn(f"the plan's lights stay ungraded for now: {error}")
    except Exception as error:  # noqa: BLE001 - a foreign grader may raise anything; its lights stay pending
        _log.exception("grading failed")
        host.warn(f"the plan's lights stay ungraded for now: {type(error).__name__}: {error}")
