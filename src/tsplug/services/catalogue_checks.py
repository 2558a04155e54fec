"""What a change of a record decides by itself, over plain values: conflicts of fields, dates of states, what is new."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from tsplug.flats import cadence_rules
from tsplug.grading.checks import METRIC_CHECKS
from tsplug.model import Address, ExposurePlan, Profile, Project, ProjectState, Record, TrainedFlat, frame_place
from tsplug.model.keywords import taken_keyword
from tsplug.ports import SOLVERS
from tsplug.services.catalogue_fields import OWN_PREFERENCES

_ENTERED = {
    ProjectState.ACTIVE: "active_at",
    ProjectState.INACTIVE: "inactive_at",
    ProjectState.CLOSED: "closed_at",
}
_MOST = 99_999
_SILENT = frozenset({"id", "guid"})


def conflicts(record: Record, changed: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield fields that contradict others of the record, with what is wrong; only where one of them was changed."""
    if "name" in changed and not str(getattr(record, "name", "x")).strip():
        yield "name", "must not be empty"
    if "name" in changed and "\n" in str(getattr(record, "name", "")):
        yield "name", "must be one line"
    if isinstance(record, ExposurePlan) and "accepted" in changed and record.accepted > _MOST:
        yield "accepted", f"must be within 0 to {_MOST}, not {record.accepted}"
    if isinstance(record, Profile):
        yield from _profile_conflicts(record, changed)
    if isinstance(record, Project):
        yield from _project_conflicts(record, changed)


def training_conflicts(training: TrainedFlat, profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield the fields of a trained setting that its profile's panel or camera cannot have, with what is wrong."""
    low, high = profile.panel_min_brightness, profile.panel_max_brightness
    if high and not low <= training.brightness <= high:
        yield "brightness", f"must be within {low} to {high}, the panel's range, not {training.brightness}"
    modes = profile.readout_modes
    if modes and training.readout_mode is not None and training.readout_mode >= len(modes):
        there = ", ".join(f"{index} {name}" for index, name in enumerate(modes))
        yield "readout_mode", f"{training.readout_mode} is none of the camera's ({there})"


def _profile_conflicts(profile: Profile, changed: Collection[str]) -> Iterator[tuple[str, str]]:
    rule = profile.flats.due_rule
    if {"flats", "flats.due_rule"} & set(changed) and rule not in cadence_rules():
        yield "flats.due_rule", f"must be one of {', '.join(cadence_rules())}, not {rule!r}"
    if {"grader", "grader.metrics"} & set(changed):
        for key in sorted(profile.grader.metrics.keys() - METRIC_CHECKS.keys()):
            own = OWN_PREFERENCES.get(key)
            yield (
                f"grader.metrics.{key}",
                f"has preferences of its own: {own}" if own else "unknown; there are " + ", ".join(METRIC_CHECKS),
            )
    yield from _pipeline_conflicts(profile, changed)
    limits = profile.planner.weather_limits
    for name in sorted(limits) if {"planner", "planner.weather_limits"} & set(changed) else ():
        if (limits[name] or 0.0) < 0:
            yield f"planner.weather_limits.{name}", f"must be at least 0, or none, not {limits[name]:g}"
    folder = profile.grader.rejected_dir
    if {"grader", "grader.rejected_dir"} & set(changed) and folder and not _is_absolute(folder):
        wanted = "must be an absolute path like /data/rejected or D:\\rejected, or empty for a folder beside the frame"
        yield "grader.rejected_dir", f"{wanted}, not {folder!r}"


def _pipeline_conflicts(profile: Profile, changed: Collection[str]) -> Iterator[tuple[str, str]]:
    strange = [name for name in profile.pipeline.solvers if name not in SOLVERS]
    if {"pipeline", "pipeline.solvers"} & set(changed) and strange:
        yield "pipeline.solvers", f"there is no solver {strange[0]!r}; there are {', '.join(SOLVERS)}"
    if {"pipeline", "pipeline.keyword_names"} & set(changed):
        yield from _taken_keywords(profile.pipeline.keyword_names)


def _taken_keywords(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with keywords of a rig's own: one that says something else would lose that of every frame."""
    by_keyword: dict[str, str] = {}
    for name, keyword in names.items():
        other = by_keyword.setdefault(keyword, name) if keyword else name
        taken = f"the {other} of the frame" if other != name else taken_keyword(name, keyword)
        if taken:
            yield f"pipeline.keyword_names.{name}", f"{keyword} stands for {taken}; choose a keyword that nothing has"


def _is_absolute(path: str) -> bool:
    """Return whether a path or address stands for one place, on the system of any rig that shares the store."""
    is_address = isinstance(frame_place(path), Address)
    return is_address or PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()


def _project_conflicts(project: Project, changed: Collection[str]) -> Iterator[tuple[str, str]]:
    window, minimum = project.meridian_window_min, project.minimum_time_min
    if {"meridian_window_min", "minimum_time_min"} & set(changed) and window and minimum > 2 * window:
        yield (
            "minimum_time_min",
            f"must be at most {2 * window}, twice the meridian window of {window} minutes, not {minimum}",
        )
    low, high = project.minimum_altitude_deg, project.maximum_altitude_deg
    if {"minimum_altitude_deg", "maximum_altitude_deg"} & set(changed) and high and low >= high:
        yield "maximum_altitude_deg", f"must be above minimum_altitude_deg ({low:g}), or 0 for none, not {high:g}"


def dated(before: Project | None, project: Project, *, given: Collection[str], now: datetime) -> Project:
    """Return a project with the moment at which it entered its state; a date that was given stays as given."""
    field = _ENTERED.get(project.state)
    entered = before is None or before.state is not project.state
    if field is None or not entered or field in given:
        return project
    return project.model_copy(update={field: now})


def changes_between(before: Record, after: Record) -> dict[str, tuple[Any, Any]]:
    """Return the fields that differ, with the old and the new value in JSON types; parts of nested ones by dots."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    found: dict[str, tuple[Any, Any]] = {}
    for name in old:
        if name in _SILENT or old[name] == new[name]:
            continue
        if isinstance(old[name], dict):
            parts = sorted({*old[name], *new[name]})
            pairs = {f"{name}.{part}": (old[name].get(part), new[name].get(part)) for part in parts}
            found |= {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
        else:
            found[name] = (old[name], new[name])
    return found
