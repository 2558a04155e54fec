"""``tsplug criteria score|whatif``: what a set gives to values, to a stored image, or to a night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from tsplug.cli.commands import command
from tsplug.cli.criteria_sets import chosen_criteria, reading
from tsplug.cli.opening import Common, parse_day
from tsplug.cli.output import number, show_json, show_table, show_text
from tsplug.cli.regrade import deciding, show_bands, show_report
from tsplug.model import AcquiredImage, Profile
from tsplug.ports import Unit
from tsplug.services.criteria_score import score_given, score_image
from tsplug.services.lookup import find_named
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import regrade

SetOption = Annotated[
    str, typer.Option("--set", metavar="NAME|SET.yaml", help="The set; without it the rig's own, else `default`.")
]


def register_trying(group: typer.Typer) -> None:
    """Add the commands that try sets out."""
    command(group, "score")(criteria_score)
    command(group, "whatif")(criteria_whatif)


@dataclass(frozen=True)
class Values:
    """What is scored."""

    metric: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="The value of a metric; again for more.")
    ] = None
    baseline: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="What the peers have, for rows with deviation.")
    ] = None
    image: Annotated[str, typer.Option(help="A stored image instead: id or guid.")] = ""


def criteria_score(common: Common, values: Values, *, set_name: SetOption = "") -> None:
    """Score values or a stored image by a set, with the very function that grades."""
    metrics, baselines = _numbers(values.metric, "--metric"), _numbers(values.baseline, "--baseline")
    if bool(metrics) == bool(values.image):
        raise typer.BadParameter("give --metric KEY=VALUE... or --image IMAGE, one of them", param_hint="--metric")
    if baselines and values.image:
        raise typer.BadParameter("an image has its own", param_hint="--baseline")
    if values.image:
        with common.store() as store, store.read() as unit:
            image = find_named(unit, AcquiredImage, name=values.image)
            criteria = chosen_criteria(set_name or _assigned(image, unit), unit)
            row = score_image(criteria, image, unit=unit)
    else:
        with reading(common, set_name) as among:
            row = score_given(chosen_criteria(set_name, among), metrics, baselines=baselines)
    if common.as_json:
        show_json(row)
    else:
        _show_score(row)


def criteria_whatif(
    common: Common,
    *,
    night: Annotated[str, typer.Option(metavar="DATE", help="The night, by the date of its evening.")],
    set_name: Annotated[str, typer.Option("--set", metavar="NAME|SET.yaml", help="The set to try.")],
    target: Annotated[str, typer.Option(help="Only frames of this target.")] = "",
) -> None:
    """Say what a set would make of a stored night: bands before and after, what would complete or open again."""
    when = parse_day(night, "--night")
    if when is None:
        raise typer.BadParameter("must not be empty", param_hint="--night")
    with reading(common, set_name) as unit:
        criteria = chosen_criteria(set_name, unit)
    request = RegradeRequest(
        target=target,
        profile=common.profile,
        everything=True,
        first=when,
        last=when,
        criteria=criteria,
        keep_statistics=True,
        dry_run=True,
    )
    with common.context() as context:
        report = regrade(request, context, decide=deciding(common, context.store))
    if common.as_json:
        show_json(asdict(report) | {"set": criteria.set.name, "night": night})
        return
    if not (report.processed or report.skipped_manual):
        show_text(f"no image of the night of {when} that could be scored is stored; `tsplug images list` shows what is")
        return
    show_bands(report.bands)
    show_report(report)


def _assigned(image: AcquiredImage, unit: Unit) -> str:
    profile = unit.find(Profile, id=image.profile_id) if image.profile_id is not None else None
    return profile.grader.criteria_set if profile is not None else ""


def _numbers(texts: Sequence[str] | None, option: str) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for text in texts or ():
        key, mark, value = text.partition("=")
        try:
            parsed = float(value)
        except ValueError:
            mark = ""
        if not mark:
            raise typer.BadParameter(f"{text!r} is not KEY=NUMBER, like hfr=2.6", param_hint=option)
        if key.strip() in numbers:
            raise typer.BadParameter(f"{key.strip()} is given twice", param_hint=option)
        numbers[key.strip()] = parsed
    return numbers


def _show_score(row: Mapping[str, Any]) -> None:
    of = f"image {row['image']} " if "image" in row else ""
    if row["score"] is None:
        show_text(f"{of}by {row['set']!r}: ungraded, {row['reason']}\n")
    else:
        unrounded = "" if row["unrounded"] is None else f" ({row['unrounded']:.5f})"
        why = f": {row['reason']}" if row["reason"] else ""
        show_text(
            f"{of}by {row['set']!r}: score {row['score']}{unrounded}, band {row['band']}{why}, "
            f"coverage {row['coverage']:.4f}\n"
        )
    reached = {} if row["next_band"] is None else row["next_band"]["values"]
    columns = ["metric", "value", "weight", "threshold", "deviation", "decided by", "adds"]
    if row["next_band"] is not None:
        columns.append(f"{row['next_band']['band']} at")
    show_table("rows", columns, rows=(_cells(each, reached) for each in row["rows"]))
    _show_rest(row)


def _cells(row: Mapping[str, Any], reached: Mapping[str, float | None]) -> list[object]:
    cells: list[object] = [
        row["metric"],
        f"{row['value']:.6g}",
        row["weight"],
        number(row["threshold_score"], 4),
        number(row["deviation_score"], 4),
        row["decided_by"],
        number(row["contribution"], 5),
    ]
    if reached:
        value = reached[row["metric"]]
        cells.append("-" if value is None else f"{value:.4g}")
    return cells


def _show_rest(row: Mapping[str, Any]) -> None:
    if row["missing"]:
        show_text(f"missing: {', '.join(row['missing'])}")
    if row["next_band"] is not None:
        show_text(f"band {row['next_band']['band']} is {row['next_band']['points']:.5f} points away")
    for note in row["notes"]:
        show_text(f"note: {note}")
