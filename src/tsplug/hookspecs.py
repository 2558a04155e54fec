"""The three hooks that join a host and tsplug, and how a host calls them."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import pluggy

from tsplug.errors import InputError, TsplugError
from tsplug.model import (
    ExposureOutcome,
    ExposureSaved,
    FlatInstruction,
    FlatRunReport,
    GradePlan,
    PlanGrades,
)
from tsplug.ports import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def notify_exposure_saved(
    manager: pluggy.PluginManager, event: ExposureSaved, *, context: Context
) -> tuple[list[ExposureOutcome], dict[str, str]]:
    """Tell every plugin of a saved exposure, each on its own.

    Returns:
        The outcomes of those who recorded it, and what went wrong by plugin name. A plugin that raises costs a log
        line, never the others' records.
    """
    outcomes: list[ExposureOutcome] = []
    failures: dict[str, str] = {}
    named = manager.list_name_plugin()
    for implementation in manager.hook.on_exposure_saved.get_hookimpls():
        others = [plugin for _, plugin in named if plugin is not implementation.plugin]
        caller = manager.subset_hook_caller("on_exposure_saved", remove_plugins=others)
        try:
            results = caller(event=event, context=context)
        except Exception as error:  # noqa: BLE001 - a foreign plugin may raise anything, and must cost only itself
            failures[implementation.plugin_name] = f"{type(error).__name__}: {error}"
            level = logging.WARNING if isinstance(error, TsplugError) else logging.ERROR
            _log.log(
                level,
                "plugin %s failed on %s: %s",
                implementation.plugin_name,
                event.file,
                error,
            )
            continue
        outcomes.extend(result for result in results if isinstance(result, ExposureOutcome))
    return outcomes, failures
