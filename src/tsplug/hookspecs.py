"""The hooks that join a host, tsplug and other plugins, and how a host calls them."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import pluggy

from tsplug.errors import InputError, TsplugError
from tsplug.model import (
    ContainerStarted,
    ContainerStopped,
    ExposureOutcome,
    ExposureSaved,
    FlatInstruction,
    FlatRunReport,
    FlatsTaken,
    GradePlan,
    ImageGraded,
    ImageSaved,
    News,
    PlanGrades,
    TargetCompleted,
    TargetStarted,
    WaitEnded,
    WaitStarted,
)
from tsplug.ports import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROJECT_NAME = "tsplug"
ENTRY_POINT_GROUP = "tsplug"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)

_log = logging.getLogger(__name__)


@hookspec
def on_exposure_saved(event: ExposureSaved, context: Context) -> ExposureOutcome | None:
    """Record an exposure that is safely on disk; every plugin hears of it.

    Call it with `notify_exposure_saved`, so that a failing plugin costs a log line and nothing else.

    Args:
        event: the exposure: its guid, plan, file, settings and what the host measured.
        context: store, clock, devices, files, progress and cancellation.

    Returns:
        What became of the exposure, from the plugin that records it (tsplug); None from those who only listen.
    """


@hookspec(firstresult=True)
def grade_plan(event: GradePlan, context: Context) -> PlanGrades | None:
    """Judge the pending images of a plan; the first plugin that answers is the grader.

    A grader returns verdicts and writes nothing: tsplug records and combines them, whoever gave them.

    Args:
        event: the plan, what triggered grading, and whether to grade before the delay is reached.
        context: store, clock, devices, files, progress and cancellation.

    Returns:
        Verdicts for images of the plan, or None to leave the plan to another grader.
    """


@hookspec(firstresult=True)
def flat_instruction_run(event: FlatInstruction, context: Context) -> FlatRunReport | None:
    """Take the flats that are due; the first plugin that answers has taken them.

    Args:
        event: the profile, how many frames, repeat, the cover's end state, dry run.
        context: store, clock, devices, files, progress and cancellation.

    Returns:
        What was taken, skipped and failed, or None to leave the flats to another plugin.
    """


LISTENERS: dict[type[News], str] = {}
"""Which hook hears of what."""


def _listener(name: str, kind: type[News], *, hears: str, told: str) -> Callable[[News, Context], None]:
    """Return the specification of a hook that every plugin may implement, and that changes nothing."""

    def listener(event: News, context: Context) -> None: ...

    listener.__name__ = listener.__qualname__ = name
    listener.__annotations__ = {"event": kind.__name__, "context": "Context", "return": "None"}
    listener.__doc__ = f"""Hear {hears}.

    Args:
        event: {told}.
        context: store, clock, devices, files, progress and cancellation.

    Returns:
        Nothing: who listens cannot change what happens.
    """
    LISTENERS[kind] = name
    return hookspec(listener)


on_container_started = _listener(
    "on_container_started",
    ContainerStarted,
    hears="that a Scheduler Container begins to image",
    told="the profile, and when",
)
on_container_stopped = _listener(
    "on_container_stopped",
    ContainerStopped,
    hears="that a Scheduler Container has ended, however it did",
    told="the profile, when, why, and whether it failed",
)
on_wait_started = _listener(
    "on_wait_started",
    WaitStarted,
    hears="that nothing can be imaged for a while; called before the instructions that lead a wait",
    told="until when, for which target, where it lies, and why",
)
on_wait_ended = _listener(
    "on_wait_ended",
    WaitEnded,
    hears="that a wait is over",
    told="the profile, and when",
)
on_target_started = _listener(
    "on_target_started",
    TargetStarted,
    hears="of each exposure that has been decided, before anything moves; ``new`` tells those of another target",
    told="the target, its coordinates, and how it is exposed",
)
on_target_completed = _listener(
    "on_target_completed",
    TargetCompleted,
    hears="that a target has all that it wants",
    told="the target and its coordinates",
)
on_image_saved = _listener(
    "on_image_saved",
    ImageSaved,
    hears="of a light that is on disk and recorded; unlike `on_exposure_saved` it comes after the record",
    told="the exposure, and what became of it",
)
on_image_graded = _listener(
    "on_image_graded",
    ImageGraded,
    hears="that grading has changed the status of an image",
    told="the plan, the image, its status and the reason",
)
on_flats_taken = _listener(
    "on_flats_taken",
    FlatsTaken,
    hears="that flats have been taken",
    told="the profile, and the report of the run",
)


def plugin_manager(plugins: Sequence[tuple[str, object]] = ()) -> pluggy.PluginManager:
    """Return a plugin manager with tsplug's hooks, the given plugins and all that are installed by entry point.

    Args:
        plugins: names and plugins to register before those of entry points.

    Raises:
        InputError: a plugin cannot be loaded, or implements a hook that does not exist.
    """
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(sys.modules[__name__])
    for name, plugin in plugins:
        manager.register(plugin, name=name)
    try:
        manager.load_setuptools_entrypoints(ENTRY_POINT_GROUP)
        manager.check_pending()
    except (pluggy.PluginValidationError, ImportError, AttributeError) as error:
        raise InputError(f"a plugin of entry-point group {ENTRY_POINT_GROUP!r} is unusable: {error}") from error
    return manager


def other_graders(manager: pluggy.PluginManager) -> list[str]:
    """Return the names of the plugins that grade plans beside or instead of tsplug itself."""
    found = manager.hook.grade_plan.get_hookimpls()
    return [each.plugin_name for each in found if each.plugin_name != PROJECT_NAME]


def notify_exposure_saved(
    manager: pluggy.PluginManager, event: ExposureSaved, *, context: Context
) -> tuple[list[ExposureOutcome], dict[str, str]]:
    """Tell every plugin of a saved exposure, each on its own.

    Returns:
        The outcomes of those who recorded it, and what went wrong by plugin name. A plugin that raises costs a log
        line, never the others' records.
    """
    outcomes, failures = _told("on_exposure_saved", manager, event=event, context=context, about=str(event.file))
    return [outcome for outcome in outcomes if isinstance(outcome, ExposureOutcome)], failures


def notify_listeners(manager: pluggy.PluginManager, event: News, *, context: Context) -> dict[str, str]:
    """Tell every plugin that listens what has happened, each on its own.

    Returns:
        What went wrong by plugin name. A plugin that raises costs a log line, and nothing else.
    """
    hook = LISTENERS[type(event)]
    return _told(hook, manager, event=event, context=context, about=hook)[1]


def request_grades(manager: pluggy.PluginManager, event: GradePlan, *, context: Context) -> PlanGrades | None:
    """Have a plan graded, and tell every plugin that listens of each image whose status that changed.

    Returns:
        What the first plugin that answers says, None where none does.

    Raises:
        TsplugError: the plan cannot be graded.
    """
    grades = manager.hook.grade_plan(event=event, context=context)
    if not isinstance(grades, PlanGrades):
        return None
    if not event.dry_run:
        for grade in grades.grades:
            if grade.changed:
                notify_listeners(manager, ImageGraded(plan_guid=grades.plan_guid, grade=grade), context=context)
    return grades


def _told(
    hook: str, manager: pluggy.PluginManager, *, event: News | ExposureSaved, context: Context, about: str
) -> tuple[list[object], dict[str, str]]:
    """Call the implementations of a hook one by one; return what they answered, and by plugin name what went wrong."""
    answers: list[object] = []
    failures: dict[str, str] = {}
    named = manager.list_name_plugin()
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        others = [plugin for _, plugin in named if plugin is not implementation.plugin]
        caller = manager.subset_hook_caller(hook, remove_plugins=others)
        try:
            answers.extend(caller(event=event, context=context))
        except Exception as error:  # noqa: BLE001 - a foreign plugin may raise anything, and must cost only itself
            failures[implementation.plugin_name] = f"{type(error).__name__}: {error}"
            level = logging.WARNING if isinstance(error, TsplugError) else logging.ERROR
            _log.log(level, "plugin %s failed on %s: %s", implementation.plugin_name, about, error)
    return answers, failures
