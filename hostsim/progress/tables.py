"""What the night came to, as tables: targets, grades, flats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from tsplug import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    FlatRunReport,
    FlatSetReport,
    GradingStatus,
    Profile,
    Project,
    Target,
)
from tsplug.ports import ImageQuery, Store, Unit


def print_tables(
    console: Console,
    store: Store,
    *,
    profile: Profile,
    second: Profile | None = None,
    flat_runs: Sequence[FlatRunReport] = (),
) -> None:
    """Print targets with their counts, grades with their reasons, and flats with their levels.

    ``second`` is the profile of a second camera: its lights count for the targets, and their grades are shown too.
    """
    with store.read() as unit:
        console.print(_targets(unit, profile))
        console.print(_grades(unit, profile, second=second))
    print_flats(console, flat_runs)


def print_flats(console: Console, flat_runs: Sequence[FlatRunReport]) -> None:
    """Print the sets of flat runs with their levels, and below them what there is to say; dry runs are none."""
    console.print(_flats(flat_runs))
    # What stands in the way stays there from run to run.
    several = _several(flat_runs)
    said = dict.fromkeys(
        f"{whose}: {_said(result, report)}" if several else _said(result, report)
        for whose, result, report in _sets(flat_runs)
        if report.reason
    )
    for line in said:
        console.print(line, highlight=False, markup=False)


def _said(result: str, report: FlatSetReport) -> str:
    what = f"{report.spec.filter_name} at {_angle(report)}" if report.spec.filter_name else "dark flats"
    return f"{what}, {result}: {report.reason}"


def _targets(unit: Unit, profile: Profile) -> Table:
    table = Table(title="Targets", title_justify="left")
    for heading in ("project", "target", "filter"):
        table.add_column(heading)
    for heading in ("exposure", "desired", "acquired", "accepted"):
        table.add_column(heading, justify="right")
    templates = {each.id: each for each in unit.list(ExposureTemplate, profile_id=profile.id)}
    for project in unit.list(Project, profile_id=profile.id):
        for target in unit.list(Target, project_id=project.id):
            for plan in unit.list(ExposurePlan, target_id=target.id):
                template = templates[plan.template_id]
                exposure_s = plan.exposure_s or template.default_exposure_s
                counts = (plan.desired, plan.acquired, plan.accepted)
                table.add_row(
                    project.name,
                    target.name,
                    template.filter_name,
                    f"{exposure_s:g} s",
                    *(str(count) for count in counts),
                )
    return table


def _grades(unit: Unit, profile: Profile, *, second: Profile | None) -> Table:
    table = Table(title="Grades", title_justify="left")
    # Which camera took what is said only where there are two.
    for heading in (*(["profile"] if second is not None else []), "target", "filter", "status", "reason"):
        table.add_column(heading)
    table.add_column("lights", justify="right")
    for each in (profile, second):
        if each is not None:
            counts = Counter(_grade(image) for image in unit.images(ImageQuery(profile_id=each.id)))
            whose = [] if second is None else [each.name]
            for row, count in sorted(counts.items()):
                table.add_row(*whose, *row, str(count))
    return table


def _grade(image: AcquiredImage) -> tuple[str, str, str, str]:
    reason = image.reject_reason if image.status is GradingStatus.REJECTED else ""
    return image.target_name, image.filter_name, image.status.value, reason


def _flats(runs: Sequence[FlatRunReport]) -> Table:
    table = Table(title="Flats", title_justify="left")
    # Which camera they are for is said only where there are two.
    several = _several(runs)
    for heading in (*(["profile"] if several else []), "filter", "rotation", "result"):
        table.add_column(heading)
    for heading in ("frames", "brightness", "exposure", "level"):
        table.add_column(heading, justify="right")
    for whose, result, report in _sets(runs):
        table.add_row(
            *([whose] if several else []),
            report.spec.filter_name or "-",
            _angle(report),
            result if report.flats_type == "panel" else f"{result}, {report.flats_type}",
            f"{report.on_disk}/{report.wanted}",
            str(report.brightness or "-"),
            f"{report.exposure_s:g} s" if report.exposure_s else "-",
            "-" if report.adu_median is None else f"{report.adu_median:.0f}",
        )
    return table


def _several(runs: Sequence[FlatRunReport]) -> bool:
    return len({run.profile_name for run in runs} - {""}) > 1


def _angle(report: FlatSetReport) -> str:
    angle_deg = report.spec.rotation_deg
    return "-" if angle_deg is None else f"{angle_deg:.2f}"


def _sets(runs: Sequence[FlatRunReport]) -> Iterator[tuple[str, str, FlatSetReport]]:
    for run in (each for each in runs if not each.dry_run):
        for result in ("taken", "skipped", "failed", "left"):
            reports: tuple[FlatSetReport, ...] = getattr(run, result)
            yield from ((run.profile_name, result, report) for report in reports)
