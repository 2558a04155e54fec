"""The hooks: isolation of listeners, first answer wins, misspelt hooks are errors."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import tsplug.hookspecs as hookspecs
from tsplug import ExposureOutcome, ExposureSaved, GradePlan, GradingStatus, InputError, PlanGrades, hookimpl
from tsplug.hookspecs import notify_exposure_saved, plugin_manager

EVENT = ExposureSaved(
    guid="g1",
    profile_guid="p",
    plan_guid="plan",
    file=Path("light.fits"),
    filter_name="L",
    started=datetime(2026, 1, 1, 20, tzinfo=UTC),
    ended=datetime(2026, 1, 1, 20, 1, tzinfo=UTC),
    exposure_s=60,
)
OUTCOME = ExposureOutcome(
    guid="g1",
    image_id=7,
    already_recorded=False,
    status=GradingStatus.PENDING,
    acquired=1,
    accepted=0,
    grading_wanted=True,
)


class Recorder:
    """Records what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def on_exposure_saved(self, event: ExposureSaved) -> ExposureOutcome:
        self.heard.append(event.guid)
        return OUTCOME


class Failing:
    """Raises whatever happens."""

    @hookimpl
    def on_exposure_saved(self, event: ExposureSaved) -> None:
        raise RuntimeError(f"cannot digest {event.guid}")


def manager_with(*plugins: tuple[str, object]) -> Any:
    manager = plugin_manager(plugins)
    manager.unregister(name="tsplug")
    return manager


@pytest.mark.parametrize("order", [("bad", "good"), ("good", "bad")])
def test_a_failing_listener_costs_neither_the_others_nor_the_night(order: tuple[str, str]) -> None:
    """A plugin that raises is named with its error; every other plugin still hears of the exposure."""
    good = Recorder()
    plugins = {"bad": Failing(), "good": good}
    manager = manager_with(*((name, plugins[name]) for name in order))
    outcomes, failures = notify_exposure_saved(manager, EVENT, context=None)  # type: ignore[arg-type]
    assert good.heard == ["g1"]
    assert outcomes == [OUTCOME]
    assert failures == {"bad": "RuntimeError: cannot digest g1"}


def test_the_first_plugin_that_answers_grades_the_plan() -> None:
    """A plugin that answers None passes on to the next; later ones are not asked."""
    asked: list[str] = []

    class Passing:
        @hookimpl(tryfirst=True)
        def grade_plan(self) -> None:
            asked.append("passing")

    class Grading:
        @hookimpl
        def grade_plan(self, event: GradePlan) -> PlanGrades:
            asked.append("grading")
            return PlanGrades(plan_guid=event.plan_guid)

    class TooLate:
        @hookimpl(trylast=True)
        def grade_plan(self) -> None:
            asked.append("too late")

    manager = manager_with(("c", TooLate()), ("b", Grading()), ("a", Passing()))
    answer = manager.hook.grade_plan(event=GradePlan(plan_guid="x"), context=None)
    assert answer == PlanGrades(plan_guid="x")
    assert asked == ["passing", "grading"]


def test_a_misspelt_hook_is_an_error_and_not_silence() -> None:
    """A plugin that implements a hook tsplug does not have is refused by name."""

    class Misspelt:
        @hookimpl
        def on_exposure_safed(self) -> None: ...

    with pytest.raises(InputError, match="on_exposure_safed"):
        plugin_manager([("misspelt", Misspelt())])


def test_tsplug_is_found_by_its_entry_point_like_any_other_plugin() -> None:
    """A fresh manager holds tsplug's own plugin under its entry-point name."""
    assert plugin_manager().has_plugin("tsplug")


def test_every_hook_documents_each_of_its_parameters() -> None:
    """The docstring of a hookspec names every parameter and what is returned."""
    specs = [getattr(hookspecs, name) for name in ("on_exposure_saved", "grade_plan", "flat_instruction_run")]
    for spec in specs:
        text = spec.__doc__ or ""
        for parameter in ("event:", "context:", "Returns:"):
            assert parameter in text, f"{spec.__name__} does not document {parameter}"
    assert len(specs) == 3
