"""``tsplug import targets``: targets from Telescopius, Target Scheduler or any list of names and coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import read_text
from tsplug.cli.commands import FAILED, command
from tsplug.cli.opening import Common
from tsplug.cli.output import complain, counted, show_json, show_table, show_text
from tsplug.cli.places import place
from tsplug.errors import InputError
from tsplug.ports import Clock
from tsplug.services.target_import import TargetsImport, TargetsRequest, WantedPlan, import_targets
from tsplug.targets import Epoch, RaUnit, TargetList, read_targets

_COUNTED = re.compile(r"(?P<template>.+):\s*(?P<desired>[+-]?\d+)\s*(?:[x×]\s*(?P<seconds>.*?)\s*s?)?")
_COUNTS = range(1, 100_000)
_LONGEST_S = 32_767


@dataclass(frozen=True)
class Reading:
    """How the list is read."""

    epoch: Annotated[
        Epoch, typer.Option(help="What coordinates refer to; auto: what the headings say, else J2000.")
    ] = Epoch.AUTO
    ra: Annotated[RaUnit, typer.Option(help="What a right ascension without h, d or colons is; auto: hours.")] = (
        RaUnit.AUTO
    )
    mosaic: Annotated[
        str, typer.Option(metavar="NAME", help="What stands before the panels of a mosaic; else the project's name.")
    ] = ""


@dataclass(frozen=True)
class Storing:
    """What becomes of the targets."""

    plan: Annotated[
        list[str] | None,
        typer.Option(
            "--plan",
            "--template",
            metavar="TEMPLATE[:COUNT[xSECONDS]]",
            help='A plan for each new target, such as "L:40" or "Ha:20x300"; again for more.',
        ),
    ] = None
    like: Annotated[str, typer.Option(metavar="TARGET", help="Give new targets the plans of this one.")] = ""
    update: Annotated[bool, typer.Option("--update", help="Change targets the project has; else they stay.")] = False
    strict: Annotated[bool, typer.Option("--strict", help="Take all rows or none.")] = False
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False


def register(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "targets")(targets)


def targets(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=place, help="The list, as CSV.")],
    common: Common,
    *,
    project: Annotated[str, typer.Option(help="The project; a new one is made as a draft.")],
    reading: Reading,
    storing: Storing,
) -> None:
    """Bring targets of a list into a project; panels of a mosaic become targets of a mosaic project."""
    request = TargetsRequest(
        file=str(file),
        project=project,
        profile=common.profile,
        update=storing.update,
        strict=storing.strict,
        plans=tuple(map(_plan, storing.plan or ())),
        like=storing.like,
    )
    clock = common.clock()
    listed = _listed(file, reading, clock=clock, mosaic_name=reading.mosaic or project)
    with common.store() as store:
        report = import_targets(listed, store, request=request, clock=clock, dry_run=storing.dry_run)
    if common.as_json:
        show_json(report)
    else:
        _show(report)
    if report.problems:
        number = f"{len(report.problems)} of {len(report.problems) + len(report.rows)} rows"
        complain(f"{number} could not be imported; mend these lines and import the file again")
        raise typer.Exit(FAILED)


def _listed(file: Path, reading: Reading, *, clock: Clock, mosaic_name: str) -> TargetList:
    text = read_text(file, wanted="a list of targets (CSV)")
    try:
        return read_targets(
            text, date=clock.now(), epoch=reading.epoch, ra_unit=reading.ra, mosaic_name=" ".join(mosaic_name.split())
        )
    except InputError as error:
        raise InputError(f"{file}: {error}") from error


def _plan(text: str) -> WantedPlan:
    if not text.strip():
        raise _wrong_plan(text, "it names no template")
    match = _COUNTED.fullmatch(text.strip())
    if match is None:
        return WantedPlan(template=text.strip())
    desired = match["desired"]
    if len(desired) > len(str(_COUNTS[-1])) or int(desired) not in _COUNTS:
        raise _wrong_plan(text, f"the count must be within {_COUNTS[0]} to {_COUNTS[-1]}, not {desired}")
    return WantedPlan(
        template=match["template"].strip(), desired=int(desired), exposure_s=_seconds(match["seconds"], text)
    )


def _seconds(typed: str | None, text: str) -> float | None:
    if typed is None:
        return None
    try:
        seconds = float(typed)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_S:
        raise _wrong_plan(text, f"the seconds must be a number above 0 and at most {_LONGEST_S}, not {typed!r}")
    return seconds


def _wrong_plan(text: str, why: str) -> typer.BadParameter:
    return typer.BadParameter(f"{text!r} is not TEMPLATE[:COUNT[xSECONDS]]: {why}", param_hint="--plan")


def _show(report: TargetsImport) -> None:
    would = "would be " if report.dry_run else ""
    kind = "mosaic " if report.mosaic else ""
    if report.project_made:
        show_text(f"{kind}project {report.project!r} {would}made, as a draft")
    rows = [[row.line, row.name, row.done] for row in report.rows]
    if rows:
        show_table(f"{report.file} into {kind}project {report.project!r}", ("line", "target", ""), rows=rows)
    if report.problems:
        lines = ([each.line, each.name, each.why] for each in report.problems)
        show_table("Not imported", ("line", "name", "why"), rows=lines)
    done = ", ".join(f"{report.count(word)} {word}" for word in ("added", "updated", "unchanged", "skipped"))
    show_text(f"{counted(len(rows), 'target')}: {would}{done}; {counted(report.plans_added, 'plan')} {would}added.")
    if report.count("skipped"):
        show_text("Skipped targets are in the project with other coordinates; --update changes them.")
