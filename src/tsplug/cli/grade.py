"""``tsplug grade run|explain|moved``: grade what is pending, say why an image got its grade, bring files back."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tsplug.app import frame_files
from tsplug.cli.commands import FAILED, command
from tsplug.cli.grade_explain import register_explain
from tsplug.cli.opening import CommandContext, Common
from tsplug.cli.output import FileProgress, complain, counted, show_json, show_table, show_text
from tsplug.hookspecs import plugin_manager, request_grades
from tsplug.model import AcquiredImage, ExposurePlan, FileMove, GradePlan, PlanGrades, Project, Target
from tsplug.ports import Unit
from tsplug.services.lookup import find_named
from tsplug.services.rejected_files import RejectedFiles, moved_files


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Grading.", no_args_is_help=True)
    command(group, "run")(grade_run)
    register_explain(group)
    command(group, "moved")(grade_moved)
    app.add_typer(group, name="grade")


def grade_run(
    common: Common,
    *,
    plan: Annotated[str, typer.Option(help="Only this plan: TARGET/TEMPLATE, id or guid.")] = "",
    target: Annotated[str, typer.Option(help="Only the plans of this target.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Grade before the delay is reached.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would become of each image.")] = False,
) -> None:
    """Grade the pending images of plans; files that could not be read before are tried again."""
    manager = plugin_manager()
    with common.context() as context:
        with context.store.read() as unit:
            plans = _plans(unit, common, plan=plan, target=target)
        results: list[PlanGrades] = []
        with FileProgress("grading plans", many=sys.maxsize) as progress:
            for done, each in enumerate(plans):
                progress(done, len(plans))
                event = GradePlan(plan_guid=each.guid, trigger="manual", force=force, dry_run=dry_run)
                results += [request_grades(manager, event, context=context) or PlanGrades(plan_guid=each.guid)]
        numbers = {each.guid: each.id for each in plans}
        if common.as_json:
            show_json([grades.model_dump(mode="json", exclude={"verdicts"}) for grades in results])
        else:
            _show_grades(results, numbers, context=context, dry_run=dry_run)
            for warning in (warning for grades in results for warning in grades.warnings):
                complain(warning)


def grade_moved(
    common: Common,
    *,
    images: Annotated[list[str] | None, typer.Argument(metavar="[IMAGE...]", help="Ids or guids.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Bring the files back, whatever their status.")] = False,
) -> None:
    """List the files that were moved because their images were rejected, or bring back some or all of them."""
    with common.store() as store:
        with store.read() as unit:
            chosen = [find_named(unit, AcquiredImage, name=name).guid for name in images or []]
        if not undo:
            _show_moves([move for move in moved_files(store) if not chosen or move.image_guid in chosen], common)
            return
        done = RejectedFiles(store, frame_files(), clock=common.clock()).undo(chosen or None)
    if common.as_json:
        show_json(done)
    else:
        back = [each for each in done if not each.problem]
        show_text(f"{counted(len(back), 'file')} back where {'it was' if len(back) == 1 else 'they were'} saved")
    problems = [each.problem for each in done if each.problem]
    for problem in problems:
        complain(problem)
    if problems:
        raise typer.Exit(FAILED)


def _show_moves(moves: list[FileMove], common: Common) -> None:
    if common.as_json:
        show_json(moves)
        return
    rows = ((move.image_id, move.state.value, f"{move.moved_at:%Y-%m-%d %H:%M}", move.to_file) for move in moves)
    show_table(f"{counted(len(moves), 'file')} moved", ("image", "state", "when", "file"), rows=rows)


def _plans(unit: Unit, common: Common, *, plan: str, target: str) -> list[ExposurePlan]:
    if plan:
        return [find_named(unit, ExposurePlan, name=plan)]
    if target:
        return unit.list(ExposurePlan, target_id=find_named(unit, Target, name=target).id)
    profiles = {} if not common.profile else {"profile_id": _profile_id(unit, common.profile)}
    projects = [project.id for project in unit.list(Project, grading_enabled=True, **profiles)]
    targets = [each.id for each in unit.list(Target, project_id=projects)]
    return unit.list(ExposurePlan, target_id=targets)


def _profile_id(unit: Unit, name: str) -> int | None:
    from tsplug.model import Profile

    return find_named(unit, Profile, name=name).id


def _show_grades(
    results: list[PlanGrades], numbers: dict[str, int | None], *, context: CommandContext, dry_run: bool
) -> None:
    with context.store.read() as unit:
        rows: list[list[object]] = []
        for grades in results:
            for grade in grades.grades:
                image = unit.find(AcquiredImage, guid=grade.image_guid)
                name = "" if image is None else f"{image.id} {image.target_name} {image.filter_name}"
                rows.append([numbers[grades.plan_guid], name, str(grade.status), grade.reason])
    judged = "would be graded so" if dry_run else "judged"
    waiting = [[numbers[each.plan_guid], each.waiting] for each in results if each.waiting]
    if rows:
        show_table(f"{counted(len(rows), 'image')} {judged}", ("plan", "image", "status", "why"), rows=rows)
    else:
        show_text("no image was judged" if waiting else "no image is pending")
    if waiting:
        show_table("not graded yet", ("plan", "why"), rows=waiting)
