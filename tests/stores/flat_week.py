"""A week of one rig, lived through the hooks: lights by night, flats in the morning, with any project settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pluggy
import yaml

from tsplug import ExposureSaved, FlatInstruction, FlatRunReport, FlatSetReport
from tsplug.model import (
    FLATS_CADENCES,
    FLATS_ON_COMPLETION,
    ExposurePlan,
    ExposureTemplate,
    Profile,
    Project,
    ProjectState,
    Target,
)
from tsplug.ports import Context, Store

WEEK: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "docs/examples/flats-week.yaml").read_text())
LAST_NIGHT = max(WEEK["nights"])
_GAIN, _OFFSET = 100, 30
_SECONDS = {"L": 0.5, "R": 1.0, "G": 1.0, "B": 1.2, "Ha": 6.0}
_PLANS = {"M 42": {"L": 3, "Ha": 2}, "Rosette": {"Ha": 2}, "M 81": {"L": 2, "R": 2, "G": 1, "B": 1}}
_PROJECTS = {"Nebulae": ("M 42", "Rosette"), "Galaxies": ("M 81",)}


def evening(day: int) -> datetime:
    """Return eight in the evening in Zurich, of a day of January 2026."""
    return datetime(2026, 1, day, 19, tzinfo=UTC)


def morning(day: int) -> datetime:
    """Return half past six in Zurich, of a day of January 2026."""
    return datetime(2026, 1, day, 5, 30, tzinfo=UTC)


def catalogue(rule: str, handling: int) -> dict[str, Any]:
    """Return the rig and its projects, with a due rule and a flats handling."""
    return {
        "site": {"name": "Garden", "latitude_deg": 47.4, "longitude_deg": 8.5, "time_zone": "Europe/Zurich"},
        "profile": {
            "name": "Refractor",
            "focal_length_mm": 550.0,
            "aperture_mm": 100.0,
            "pixel_size_um": 3.76,
            "filters": list(_SECONDS),
            "panel_max_brightness": 255,
            "flats": {"due_rule": rule if handling in FLATS_CADENCES else "document", "count": 2},
            "planner": {"exposure_throttle_percent": 100},
        },
        "templates": [{"name": name, **_setting(name)} for name in _SECONDS],
        "projects": [_project(name, handling) for name in _PROJECTS],
        "trained_flats": [
            {**_setting(name), "brightness": 120, "exposure_s": seconds, "target_adu": 25_000.0}
            for name, seconds in _SECONDS.items()
        ],
    }


def _setting(name: str) -> dict[str, Any]:
    mode = 1 if name == "Ha" else 0
    return {"filter_name": name, "gain": _GAIN, "offset": _OFFSET, "binning": 1, "readout_mode": mode}


def _project(name: str, handling: int) -> dict[str, Any]:
    targets = [
        {
            "name": target,
            "ra_hours": 5.0,
            "dec_deg": 10.0,
            "plans": [{"template": template, "desired": number} for template, number in _PLANS[target].items()],
        }
        for target in _PROJECTS[name]
    ]
    common = {"state": "active", "grading_enabled": False, "flats_handling": handling}
    return {"name": name, **common, "targets": targets}


@dataclass
class Week:
    """A rig that lives through the week: what it took on which morning."""

    manager: pluggy.PluginManager
    context: Context
    taken: dict[int, list[str]] = field(default_factory=dict)
    reports: list[FlatRunReport] = field(default_factory=list)

    def image(self, day: int) -> None:
        """Save the lights of a night."""
        for number, light in enumerate(WEEK["nights"].get(day, ())):
            event = _saved(self.context.store, light, started=evening(day) + timedelta(minutes=10 * number))
            self.manager.hook.on_exposure_saved(event=event, context=self.context)
        if day == LAST_NIGHT:
            _close(self.context.store, "Galaxies")

    def take_flats(self, day: int, *, rules: tuple[str, ...] = ()) -> FlatRunReport:
        """Reach the flats instruction in a morning."""
        with self.context.store.read() as unit:
            guid = unit.list(Profile)[0].guid
        event = FlatInstruction(profile_guid=guid, rules=rules)
        report: FlatRunReport = self.manager.hook.flat_instruction_run(event=event, context=self.context)
        if report.taken:
            self.taken.setdefault(day, []).extend(map(described, report.taken))
        self.reports.append(report)
        return report


def described(report: FlatSetReport) -> str:
    """Return a set as the table of the week has it."""
    spec = report.spec
    angle = 0.0 if spec.rotation_deg is None else spec.rotation_deg
    served = ", ".join(f"{name[:-11]} {date.fromisoformat(name[-10:]).day}" for name in report.sessions)
    return f"{spec.filter_name} at {int(angle)}, mode {spec.readout_mode}: {served}"


def _saved(store: Store, light: dict[str, Any], *, started: datetime) -> ExposureSaved:
    with store.read() as unit:
        profile = unit.list(Profile)[0]
        target = unit.list(Target, name=light["target"])[0]
        templates = {item.id: item.filter_name for item in unit.list(ExposureTemplate)}
        plans = unit.list(ExposurePlan, target_id=target.id)
        plan = next(item for item in plans if templates[item.template_id] == light["filter"])
    return ExposureSaved(
        guid=f"{started:%d} {light['target']} {light['filter']}",
        profile_guid=profile.guid,
        plan_guid=plan.guid,
        file=Path(f"lights/{started:%d}_{light['target']}_{light['filter']}.fits"),
        filter_name=light["filter"],
        started=started,
        ended=started + timedelta(minutes=2),
        exposure_s=120.0,
        gain=_GAIN,
        offset=_OFFSET,
        readout_mode=light["mode"],
        rotation_deg=light["angle"],
    )


def _close(store: Store, name: str) -> None:
    """Close a project whose flats wait for its completion, as its owner does who sees that it is complete."""
    with store.write() as unit:
        project = unit.list(Project, name=name)[0]
        if project.flats_handling == FLATS_ON_COMPLETION:
            project.state = ProjectState.CLOSED
            unit.update(project)
