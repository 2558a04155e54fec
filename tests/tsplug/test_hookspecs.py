"""The hooks: isolation of listeners, first answer wins, misspelt hooks are errors."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

import tsplug.hookspecs as hookspecs
from tsplug import (
    ContainerStarted,
    ContainerStopped,
    ExposureOutcome,
    ExposureSaved,
    FlatRunReport,
    FlatsTaken,
    GradePlan,
    GradingStatus,
    ImageGrade,
    ImageGraded,
    ImageSaved,
    InputError,
    News,
    PlanGrades,
    TargetCompleted,
    TargetStarted,
    WaitEnded,
    WaitStarted,
    hookimpl,
)
from tsplug.hookspecs import notify_exposure_saved, notify_listeners, plugin_manager, request_grades

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
    names = ("on_exposure_saved", "grade_plan", "flat_instruction_run", *hookspecs.LISTENERS.values())
    specs = [getattr(hookspecs, name) for name in names]
    for spec in specs:
        text = spec.__doc__ or ""
        for parameter in ("event:", "context:", "Returns:"):
            assert parameter in text, f"{spec.__name__} does not document {parameter}"
    assert len(specs) == 12


class Listener:
    """Hears everything."""

    def __init__(self) -> None:
        self.heard: list[object] = []


for _hook in hookspecs.LISTENERS.values():

    def _hear(self: Listener, event: object) -> None:
        self.heard.append(event)

    setattr(Listener, _hook, hookimpl(_hear))


class Deaf:
    """Fails on everything."""


for _hook in hookspecs.LISTENERS.values():

    def _fail(self: Deaf, event: object) -> None:
        raise RuntimeError("no ears")

    setattr(Deaf, _hook, hookimpl(_fail))

NOW = datetime(2026, 1, 1, 20, tzinfo=UTC)
GRADE = ImageGrade(image_guid="g1", status=GradingStatus.REJECTED, reason="clouds", changed=True)
SKY: dict[str, Any] = {"target_guid": "t", "target_name": "M 42", "project_name": "P", "ra_hours": 5.6, "dec_deg": -5.4}
NEWS: list[News] = [
    ContainerStarted(profile_guid="p", at=NOW),
    ContainerStopped(profile_guid="p", at=NOW, reason="dawn"),
    WaitStarted(profile_guid="p", at=NOW, until=NOW, target_name="M 42"),
    WaitEnded(profile_guid="p", at=NOW),
    TargetStarted(
        profile_guid="p", at=NOW, new=True, rotation_deg=0.0, filter_name="L", exposure_s=60.0, until=NOW, **SKY
    ),
    TargetCompleted(profile_guid="p", at=NOW, rotation_deg=0.0, **SKY),
    ImageSaved(exposure=EVENT, outcome=OUTCOME),
    ImageGraded(plan_guid="plan", grade=GRADE),
    FlatsTaken(profile_guid="p", report=FlatRunReport()),
]


@pytest.mark.parametrize("event", NEWS, ids=[type(event).__name__ for event in NEWS])
def test_everybody_hears_the_news_whoever_fails(event: News, caplog: pytest.LogCaptureFixture) -> None:
    """Each event reaches its own hook; a plugin that raises costs a log line and its name in the answer."""
    before, after = Listener(), Listener()
    manager = manager_with(("a", before), ("deaf", Deaf()), ("b", after))
    failures = notify_listeners(manager, event, context=None)  # type: ignore[arg-type]
    assert before.heard == after.heard == [event]
    assert failures == {"deaf": "RuntimeError: no ears"}
    assert caplog.text.count("plugin deaf failed on on_") == 1


def test_every_event_has_a_hook_and_is_tried() -> None:
    """The table of hooks is that of the events."""
    assert {type(event) for event in NEWS} == set(hookspecs.LISTENERS) == set(get_args(News))


@pytest.mark.parametrize(("dry_run", "heard"), [(False, ["g1"]), (True, [])])
def test_listeners_hear_of_each_image_whose_status_changed(dry_run: bool, heard: list[str]) -> None:
    """A grade that changes nothing is no news, nor is a rehearsal."""

    class Grading:
        @hookimpl
        def grade_plan(self, event: GradePlan) -> PlanGrades:
            same = GRADE.model_copy(update={"image_guid": "g2", "changed": False})
            return PlanGrades(plan_guid=event.plan_guid, grades=(GRADE, same))

    listener = Listener()
    manager = manager_with(("grader", Grading()), ("listener", listener))
    event = GradePlan(plan_guid="x", dry_run=dry_run)
    assert request_grades(manager, event, context=None) is not None  # type: ignore[arg-type]
    assert [each.grade.image_guid for each in listener.heard if isinstance(each, ImageGraded)] == heard


def test_a_plan_that_nobody_grades_has_no_grades() -> None:
    """Without a grader there is no answer, and no error."""
    assert request_grades(manager_with(), GradePlan(plan_guid="x"), context=None) is None  # type: ignore[arg-type]
