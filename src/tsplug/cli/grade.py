"""``tsplug grade run|explain``: grade what is pending, say why an image got its grade."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import CommandContext, Common
from tsplug.cli.output import counted, number, show_json, show_table, show_text
from tsplug.hookspecs import plugin_manager
from tsplug.model import ExposurePlan, GradePlan, PlanGrades, Project, Target
from tsplug.ports import Unit
from tsplug.services.explaining import explain_image
from tsplug.services.lookup import find_named


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Grading.", no_args_is_help=True)
    command(group, "run")(grade_run)
    command(group, "explain")(grade_explain)
    app.add_typer(group, name="grade")


def grade_run(
    common: Common,
    *,
    plan: Annotated[str, typer.Option(help="Only this plan: id or guid.")] = "",
    target: Annotated[str, typer.Option(help="Only the plans of this target.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Grade before the delay is reached.")] = False,
) -> None:
    """Grade the pending images of plans with the grader that answers first."""
    manager = plugin_manager()
    with common.context() as context:
        with context.store.read() as unit:
            plans = _plans(unit, common, plan=plan, target=target)
        results: list[PlanGrades] = []
        for done, each in enumerate(plans):
            context.progress.report(f"grading plan {each.id}", done=done, total=len(plans))
            event = GradePlan(plan_guid=each.guid, trigger="manual", force=force)
            results += [manager.hook.grade_plan(event=event, context=context) or PlanGrades(plan_guid=each.guid)]
        numbers = {each.guid: each.id for each in plans}
        if common.as_json:
            show_json([grades.model_dump(mode="json", exclude={"verdicts"}) for grades in results])
        else:
            _show_grades(results, numbers, context=context)


def grade_explain(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="Id or guid.")],
    common: Common,
) -> None:
    """Say why an image got its grade: the verdicts, what they were made from, and every change of status."""
    with common.store() as store:
        found = explain_image(store, image)
    if common.as_json:
        show_json(found)
        return
    shown = found["image"]
    about = f"image {shown['id']}: {shown['target']} {shown['filter']} {shown['exposure_s']:g} s, {shown['started']}"
    show_text(f"{about}\n{shown['status']}{': ' + shown['reject_reason'] if shown['reject_reason'] else ''}\n")
    for verdict in found["verdicts"]:
        _show_verdict(verdict)
    if not found["verdicts"]:
        show_text("No grader has judged it yet.")
    changes = (
        [each["at"], each["from_status"], each["to_status"], each["by"], each["why"]] for each in found["history"]
    )
    show_table("changes", ("at", "from", "to", "by", "why"), rows=changes)


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


def _show_grades(results: list[PlanGrades], numbers: dict[str, int | None], *, context: CommandContext) -> None:
    from tsplug.model import AcquiredImage

    with context.store.read() as unit:
        rows: list[list[object]] = []
        for grades in results:
            for grade in grades.grades:
                image = unit.find(AcquiredImage, guid=grade.image_guid)
                name = "" if image is None else f"{image.id} {image.target_name} {image.filter_name}"
                rows.append([numbers[grades.plan_guid], name, str(grade.status), grade.reason])
    show_table(f"{counted(len(rows), 'image')} judged", ("plan", "image", "status", "why"), rows=rows)
    waiting = [[numbers[each.plan_guid], each.waiting] for each in results if each.waiting]
    if waiting:
        show_table("not graded yet", ("plan", "why"), rows=waiting)


def _show_verdict(verdict: dict[str, Any]) -> None:
    inputs = dict(verdict["inputs"])
    checks = inputs.pop("checks", [])
    said = f": {verdict['reason']}" if verdict["reason"] else ""
    show_text(f"{verdict['grader']} {verdict['version']}: {verdict['status']}{said} ({verdict['judged_at']})")
    if checks:
        columns = ("check", "outcome", "value", "passes", "centre", "spread", "of", "rule")
        show_table("checks", columns, rows=(_check_cells(check) for check in checks))
    show_table("inputs", ("input", "value"), rows=inputs.items())


def _check_cells(check: dict[str, Any]) -> list[object]:
    lower, upper = number(check.get("lower")), number(check.get("upper"))
    return [
        check.get("check"),
        check.get("outcome"),
        f"{number(check.get('value'))} {check.get('unit') or ''}".strip(),
        f"{lower} to {upper}" if lower and upper else (f"from {lower}" if lower else upper and f"to {upper}"),
        number(check.get("centre")),
        number(check.get("spread"), 3),
        check.get("samples"),
        check.get("rule"),
    ]
