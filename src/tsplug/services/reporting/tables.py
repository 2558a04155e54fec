"""Tables of a page: sums by filter and by target, ranges of metrics, progress of plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tsplug.model import AcquiredImage, GradingStatus
from tsplug.ports import ExposureTally
from tsplug.services.reporting.figures import Range, Sums, bands, by_filter, metric_ranges, time_text, total
from tsplug.services.reporting.page import Section
from tsplug.services.reporting.standings import PlanStanding, TargetStanding

METRICS = (
    ("HFR", "hfr", 2), ("FWHM", "fwhm", 2), ("FWHM″", "fwhm_arcsec", 2), ("Stars", "star_count", 0),
    ("Ecc.", "eccentricity", 2), ("RMS″", "guiding_rms", 2), ("Sky ADU", "background", 0),
    ("Temp. °C", "temperature", 1), ("Alt.°", "altitude", 0),
)  # fmt: skip
"""Title, key and decimals of the metrics that tables show, in this order."""


@dataclass(frozen=True)
class PlanRow:
    """One plan as the page shows it, progress in whole percent up to 100; ``taken`` of its lights are in the report."""

    project: str
    target: str
    filter_name: str
    colour: str
    exposure: str
    enabled: bool
    desired: int
    acquired: int
    accepted: int
    taken: int
    percent: int


@dataclass(frozen=True)
class PlanTable:
    """Plans target by target, and what the lights in the report are called."""

    taken: str
    rows: Sequence[PlanRow]


@dataclass(frozen=True)
class SumRow:
    """Exposures and durations under a name: in all, accepted, rejected, pending; the total has no ``colour``."""

    name: str
    colour: str
    counts: tuple[int, ...]
    durations: tuple[str, ...]


@dataclass(frozen=True)
class RangeTable:
    """Per filter, the total last: from the least to the greatest value of each metric, and below it the median."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]


@dataclass(frozen=True)
class TargetRow:
    """One target of a profile: accepted time by filter, and progress in whole percent."""

    project: str
    target: str
    state: str
    exposures: int
    accepted: str
    filters: Sequence[tuple[str, str, str]]
    percent: int | None


def shown_metrics(images: Iterable[AcquiredImage]) -> list[tuple[str, str, int]]:
    """Return those of `METRICS` that any image has; of two units of one quantity only the one on the sky."""
    keys = {key for image in images for key in image.metrics}
    return [each for each in METRICS if each[1] in keys and not (each[1] == "fwhm" and "fwhm_arcsec" in keys)]


def number(value: float | None, digits: int) -> str:
    """Return a number with decimals, or nothing where it is not known."""
    return "" if value is None else f"{value:.{digits}f}"


def plans_section(
    plans: Sequence[PlanStanding], images: Iterable[AcquiredImage], *, colours: Mapping[str, str], taken: str
) -> Section:
    """Return the progress of plans; ``taken`` is what the images are called, as "Tonight"."""
    count: dict[int | None, int] = {}
    for image in images:
        count[image.plan_id] = count.get(image.plan_id, 0) + 1
    rows = [
        PlanRow(
            project=each.project.name,
            target=each.target.name,
            filter_name=each.template.filter_name,
            colour=colours[each.template.filter_name],
            exposure=f"{each.exposure_s:g} s",
            enabled=each.plan.enabled,
            desired=each.plan.desired,
            acquired=each.plan.acquired,
            accepted=each.plan.accepted,
            taken=count.get(each.plan.id, 0),
            percent=each.percent,
        )
        for each in plans
    ]
    return Section("plans", "Progress", PlanTable(taken, rows) if rows else None, nothing="There is no plan.")


def sums_section(tallies: Sequence[ExposureTally], colours: Mapping[str, str]) -> Section:
    """Return exposures and time by filter, in order of first appearance, the total last."""
    rows = [_sum_row(name, sums, colour=colours[name]) for name, sums in by_filter(tallies).items()]
    rows.append(_sum_row("Total", total(tallies), colour=""))
    return Section("sums", "Exposures by filter", rows if tallies else None, nothing="No light was taken.")


def ranges_section(images: Sequence[AcquiredImage], colours: Mapping[str, str]) -> Section | None:
    """Return the ranges of metrics and the bands by filter, or None where nothing was measured."""
    shown, banded = shown_metrics(images), any(image.band is not None for image in images)
    scored = [image.score for image in images if image.score is not None]
    if not shown and not banded and not scored:
        return None
    by_name: dict[str, list[AcquiredImage]] = {}
    for image in images:
        by_name.setdefault(image.filter_name, []).append(image)
    groups = [*((name, colours[name], own) for name, own in by_name.items()), ("Total", "", list(images))]
    columns = [title for title, _, _ in shown] + ["Score"] * bool(scored) + ["Bands"] * banded
    rows = []
    for name, colour, own in groups:
        ranges = metric_ranges(own)
        cells = [_range(ranges.get(key), digits) for _, key, digits in shown]
        cells += [_scores(own)] * bool(scored) + [_bands(own)] * banded
        rows.append((name, colour, cells))
    note = "From the least to the greatest value, with the median below."
    return Section("ranges", "Ranges of metrics", RangeTable(columns, rows), note)


def targets_section(
    standings: Sequence[TargetStanding],
    tallies: Sequence[ExposureTally],
    *,
    colours: Mapping[str, str],
    others: Mapping[int | None, str],
) -> Section:
    """Return the targets of a profile with what they got, and what is left of targets that are gone."""
    by_target: dict[int | None, list[ExposureTally]] = {}
    for tally in tallies:
        by_target.setdefault(tally.target_id, []).append(tally)
    rows = [_target_row(each, by_target.pop(each.target.id, []), colours=colours) for each in standings]
    for key, own in by_target.items():
        name = others.get(key, "targets that are no longer stored")
        project = "of another profile" if key in others else ""
        rows.append(_bare_row(name, project, tallies=own, colours=colours))
    return Section("targets", "Targets", rows, nothing="There is no target.")


def _target_row(standing: TargetStanding, tallies: Sequence[ExposureTally], *, colours: Mapping[str, str]) -> TargetRow:
    bare = _bare_row(standing.target.name, standing.project.name, tallies=tallies, colours=colours)
    state = str(standing.project.state) if standing.target.enabled else "disabled"
    percent = int(str(standing.document()["progress_percent"]))
    return TargetRow(bare.project, bare.target, state, bare.exposures, bare.accepted, bare.filters, percent)


def _bare_row(name: str, project: str, *, tallies: Sequence[ExposureTally], colours: Mapping[str, str]) -> TargetRow:
    sums, whole = by_filter(tallies), total(tallies)
    filters = [(key, colours[key], time_text(own.seconds[GradingStatus.ACCEPTED])) for key, own in sums.items()]
    accepted = time_text(whole.seconds[GradingStatus.ACCEPTED])
    return TargetRow(project, name, "", whole.exposures.total(), accepted, filters, None)


def _sum_row(name: str, sums: Sums, *, colour: str) -> SumRow:
    order = (GradingStatus.ACCEPTED, GradingStatus.REJECTED, GradingStatus.PENDING)
    counts, seconds = sums.exposures, sums.seconds
    return SumRow(
        name,
        colour,
        (counts.total(), *(counts[status] for status in order)),
        (time_text(seconds.total()), *(time_text(seconds[status]) for status in order)),
    )


def _range(found: Range | None, digits: int) -> tuple[str, str]:
    if found is None:
        return "", ""
    least, greatest = number(found.least, digits), number(found.greatest, digits)
    span = least if least == greatest else f"{least} – {greatest}"
    return span, number(found.middle, digits)


def _scores(images: Sequence[AcquiredImage]) -> tuple[str, str]:
    scores = [image.score for image in images if image.score is not None]
    return (f"{min(scores):.0f} – {max(scores):.0f}", number(median(scores), 0)) if scores else ("", "")


def _bands(images: Sequence[AcquiredImage]) -> tuple[str, str]:
    return ", ".join(f"{count} {band}" for band, count in bands(images).items()), ""
