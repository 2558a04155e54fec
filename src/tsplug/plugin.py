"""tsplug's own answers to the three hooks: what an entry point hands to a host."""

from __future__ import annotations

from collections.abc import Generator

from tsplug.errors import InputError, TsplugError
from tsplug.hookspecs import hookimpl
from tsplug.model import (
    ExposureOutcome,
    ExposureSaved,
    FlatInstruction,
    FlatRunReport,
    GradePlan,
    PlanGrades,
)
from tsplug.ports import Context


class SchedulerPlugin:
    """Records exposures, grades plans and takes flats; gives way to any other plugin that answers."""

    @hookimpl
    def on_exposure_saved(self, event: ExposureSaved, context: Context) -> ExposureOutcome:
        """Record the exposure and return after the commit."""
        from tsplug.services.recording import record_exposure

        return record_exposure(event, context)

    @hookimpl(trylast=True)
    def grade_plan(self, event: GradePlan, context: Context) -> PlanGrades:
        """Judge the plan's pending images with every grader that their rigs want."""
        from tsplug.services.grading import judge_plan

        return judge_plan(event, context)

    @hookimpl(specname="grade_plan", wrapper=True, tryfirst=True)
    def record_grades(
        self, event: GradePlan, context: Context
    ) -> Generator[None, PlanGrades | None, PlanGrades | None]:
        """Record the verdicts of whichever grader answered, in one transaction with status and counters.

        A plugin that raises is recorded as a failure on every pending image, which stays pending. Then files follow.
        """
        from tsplug.services.grading import (
            apply_grades,
            failure_of_all,
            measure_before_grading,
            preview_grades,
        )
        from tsplug.services.rejected_files import files_follow

        if not event.dry_run:
            measure_before_grading(event, context)
        try:
            grades = yield
        except TsplugError:
            raise
        except Exception as error:  # noqa: BLE001 - a foreign grader may raise anything, and must reject nothing
            grades = failure_of_all(event, context, error=f"a grader failed: {type(error).__name__}: {error}")
        if grades is None:
            return None
        if grades.plan_guid != event.plan_guid:
            raise InputError(f"a grader answered for plan {grades.plan_guid} when asked for {event.plan_guid}")
        if event.dry_run:
            return preview_grades(grades, context)
        return files_follow(apply_grades(grades, context), context)

    @hookimpl(trylast=True)
    def flat_instruction_run(self, event: FlatInstruction, context: Context) -> FlatRunReport:
        """Take the flats that are due with the host's panel."""
        from tsplug.services.flats_run import run_flats

        return run_flats(event, context)


plugin = SchedulerPlugin()
