"""Tables of flats: the sets taken in a night, and which light sessions have flats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tsplug.model import FlatHistory
from tsplug.services.reporting.night_data import FlatsTaken
from tsplug.services.reporting.page import Section
from tsplug.services.reporting.tables import number

MOST_SESSIONS = 200
"""How many light sessions a page lists; of more, the newest, those without flats first."""

_WORDS = {"covered": "flats", "elsewhere": "flats by another program", "missing": "no flats", "no plan": "no plan"}
_GRADES = {"covered": "accepted", "elsewhere": "accepted", "missing": "rejected", "no plan": "pending"}


@dataclass(frozen=True)
class FlatRow:
    """One flat set as the page shows it."""

    filter_name: str
    colour: str
    settings: str
    exposure: str
    brightness: int
    level: str
    frames: str
    state: str
    sessions: tuple[str, ...]


@dataclass(frozen=True)
class CoverageRow:
    """One light session as the page shows it; ``grade`` is the mark of its state."""

    night: str
    target: str
    filter_name: str
    colour: str
    settings: str
    lights: int
    flats: int
    dark_flats: int
    grade: str
    state: str
    warning: str


def flats_section(flats: Sequence[FlatsTaken], colours: Mapping[str, str]) -> Section:
    """Return the flat sets of a night."""
    rows = [_flat_row(taken, colours) for taken in flats]
    return Section("flats", "Flats taken", rows, nothing="No flats were taken in this night.")


def coverage_section(coverage: Sequence[dict[str, Any]], colours: Mapping[str, str], *, reach: str) -> Section:
    """Return which light sessions have flats, as `flats_coverage` tells them; ``reach`` says which were looked at."""
    newest = sorted(coverage, key=lambda row: str(row["session_date"]), reverse=True)
    listed = sorted(newest, key=lambda row: row["state"] != "missing")[:MOST_SESSIONS]
    lights = sum(int(row["lights"]) for row in coverage)
    covered = sum(int(row["lights"]) for row in coverage if row["state"] in ("covered", "elsewhere"))
    note = f"{reach}: {covered} of {lights} lights have flats."
    if len(listed) < len(coverage):
        note += f" {len(listed)} of {len(coverage)} light sessions are listed, those without flats first."
    rows = [_coverage_row(row, colours) for row in listed]
    return Section("coverage", "Flats coverage", rows, note if rows else "", nothing=f"{reach}: no light session.")


def _coverage_row(row: Mapping[str, Any], colours: Mapping[str, str]) -> CoverageRow:
    return CoverageRow(
        night=row["session_date"],
        target=row["target"],
        filter_name=row["filter"],
        colour=colours.get(row["filter"], "other1"),
        settings=_settings(row["gain"], row["offset"], binning=row["binning"], rotation_deg=row["rotation_deg"]),
        lights=row["lights"],
        flats=row["flats"],
        dark_flats=row["dark_flats"],
        grade=_GRADES[row["state"]],
        state=_WORDS[row["state"]],
        warning=row["warning"],
    )


def _flat_row(taken: FlatsTaken, colours: Mapping[str, str]) -> FlatRow:
    flat_set = taken.flat_set
    return FlatRow(
        filter_name=flat_set.filter_name or "dark flats",
        colour=colours.get(flat_set.filter_name, "other1"),
        settings=_settings(
            flat_set.gain, flat_set.offset, binning=flat_set.binning, rotation_deg=flat_set.rotation_deg
        ),
        exposure=f"{flat_set.exposure_s:.3g} s",
        brightness=flat_set.brightness,
        level=number(flat_set.adu_median, 0),
        frames=f"{taken.frames} of {flat_set.wanted}",
        state=str(flat_set.state) + (f": {flat_set.message}" if flat_set.message else ""),
        sessions=tuple(_session(row) for row in taken.sessions),
    )


def _settings(gain: int | None, offset: int | None, *, binning: int, rotation_deg: float | None) -> str:
    rotation = "" if rotation_deg is None else f", {rotation_deg:.1f}°"
    return f"gain {_default(gain)}, offset {_default(offset)}, bin {binning}{rotation}"


def _session(row: FlatHistory) -> str:
    return f"{row.target_name} {row.session_date}"


def _default(value: int | None) -> str:
    return "default" if value is None else str(value)
