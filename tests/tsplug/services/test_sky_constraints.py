"""Constraints of astroplan attached to targets and projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astroplan import Constraint, MoonIlluminationConstraint, MoonSeparationConstraint, Observer, TimeConstraint
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers

from tsplug.errors import InputError
from tsplug.model import DecisionRequest, Profile, Project, Site, SkyConstraint, TakeExposure, Target
from tsplug.model.night import night_of
from tsplug.planning import NightTables, Place, SkyTarget, night_tables
from tsplug.services import sky_constraints
from tsplug.services.deciding import decide
from tsplug.services.doctor import examine
from tsplug.services.sky_constraints import attached_masks, checked_constraint, constraint_names
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store

NOW = datetime(2026, 1, 5, 22, tzinfo=UTC)
SITE = Site(name="Garden", latitude_deg=47.4, longitude_deg=8.5)
TARGETS = [SkyTarget("orion", 5.588, -5.39), SkyTarget("bear", 9.926, 69.07)]


@pytest.fixture(scope="module")
def tables() -> NightTables:
    return night_tables(Place.of(SITE), night_of(NOW, SITE), targets=TARGETS)


class Northern(Constraint):
    """Permits what is north of the equator, by a score; stands for a constraint of somebody else's package."""

    def compute_constraint(self, times: Any, observer: Any, targets: Any) -> Any:
        return np.where(targets.dec.deg > 0, 0.7, 0.0) * np.ones(times.shape)


class Failing(Constraint):
    """Breaks when it is asked."""

    def compute_constraint(self, times: Any, observer: Any, targets: Any) -> Any:
        raise RuntimeError("no idea")


class Nothing(Constraint):
    """Gives no number."""

    def compute_constraint(self, times: Any, observer: Any, targets: Any) -> Any:
        return np.full(times.shape, np.nan)


class Shapeless(Constraint):
    """Answers for another grid."""

    def __call__(self, *_: Any, **__: Any) -> Any:
        return np.ones(7)


@dataclass(frozen=True)
class Entry:
    """An entry point of an installed package."""

    name: str
    found: Any

    def load(self) -> Any:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer constraints as installed packages would."""
    kinds = (Northern, Failing, Nothing, Shapeless)
    offered = [*(Entry(each.__name__, each) for each in kinds), Entry("Lost", ImportError("gone"))]

    def entry_points(group: str, name: str | None = None) -> list[Entry]:
        assert group == "tsplug.constraints"
        return [each for each in offered if name in (None, each.name)]

    monkeypatch.setattr(sky_constraints, "entry_points", entry_points)


@pytest.mark.filterwarnings("ignore::astropy.coordinates.errors.NonRotationTransformationWarning")
@pytest.mark.parametrize(
    ("name", "arguments", "made"),
    [
        ("MoonSeparationConstraint", {"min": "60 deg"}, MoonSeparationConstraint(min=60 * u.deg)),
        ("MoonIlluminationConstraint", {"max": 0.5, "ephemeris": None}, MoonIlluminationConstraint(max=0.5)),
        (
            "TimeConstraint",
            {"min": "2026-01-05T21:00:00", "max": "2026-01-06T01:00:00"},
            TimeConstraint(Time("2026-01-05T21:00:00"), Time("2026-01-06T01:00:00")),
        ),
    ],
)
def test_a_constraint_answers_as_astroplan_does(
    name: str, arguments: dict[str, Any], made: Constraint, tables: NightTables
) -> None:
    """On the planner's grid, minute by minute, for every target."""
    ours = attached_masks(SkyConstraint(name=name, arguments=arguments), tables, targets=TARGETS)
    location = EarthLocation(SITE.longitude_deg * u.deg, SITE.latitude_deg * u.deg)
    stars = SkyCoord([each.ra_hours for each in TARGETS] * u.hourangle, [each.dec_deg for each in TARGETS] * u.deg)
    times = Time(tables.night.start) + np.arange(tables.samples) * u.min
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("auto_max_age", None):
        theirs = made(Observer(location), stars, times=times, grid_times_targets=True)
    assert ours.shape == (2, tables.samples)
    assert np.array_equal(ours, np.broadcast_to(theirs, ours.shape))
    assert 0 < ours.mean() < 1 or name == "MoonIlluminationConstraint"


@pytest.mark.usefixtures("installed")
def test_a_constraint_of_a_package_is_found_and_its_score_permits(tables: NightTables) -> None:
    """What scores more than nothing is permitted."""
    masks = attached_masks(SkyConstraint(name="Northern"), tables, targets=TARGETS)
    assert [bool(mask.all()) for mask in masks] == [False, True]
    assert "Northern" in constraint_names()
    assert "AirmassConstraint" in constraint_names()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        (SkyConstraint(name="NoConstraint"), "no constraint is called 'NoConstraint'"),
        (SkyConstraint(name="Observer"), "no constraint is called 'Observer'"),
        (SkyConstraint(name="MoonSeparationConstraint", arguments={"mni": 3.0}), "refuses its arguments"),
        (SkyConstraint(name="Failing"), "Failing failed: RuntimeError: no idea"),
        (SkyConstraint(name="Lost"), "cannot be loaded"),
        (SkyConstraint(name="MoonSeparationConstraint", arguments={"min": "far"}), "failed"),
    ],
)
def test_a_constraint_that_is_wrong_is_named(constraint: SkyConstraint, said: str, tables: NightTables) -> None:
    """Unknown names, wrong arguments and failures come as one clear line."""
    with pytest.raises(InputError, match=said):
        attached_masks(constraint, tables, targets=TARGETS)


def test_an_hour_is_a_time_of_day() -> None:
    """Constraints by local time take hours as people write them."""
    made = checked_constraint(SkyConstraint(name="LocalTimeConstraint", arguments={"min": "23:50", "max": "08:08"}))
    assert (made.min, made.max) == (time(23, 50), time(8, 8))


def test_arguments_without_units_stay_what_they_are() -> None:
    """Numbers and switches reach the constructor as they are."""
    made = checked_constraint(
        SkyConstraint(name="AirmassConstraint", arguments={"max": 2.0, "boolean_constraint": True})
    )
    assert (made.max, made.boolean_constraint) == (2.0, True)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["TakenAway", "Failing", "Nothing", "Shapeless"])
def test_a_constraint_that_fails_abstains_and_is_named(name: str, tmp_path: Path) -> None:
    """A package that was taken away, breaks, or gives NaN forbids nothing; decision and doctor say so once."""
    clock = ManualClock(NOW)
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))
    with context.store.write() as unit:
        profile = unit.list(Profile)[0].guid
        for record in unit.list(Project, name="Nebulae"):
            unit.update(record.model_copy(update={"constraints": [SkyConstraint(name=name)]}))
    decision = decide(DecisionRequest(profile_guid=profile), context)
    assert isinstance(decision, TakeExposure)
    assert decision.target_name == "M 42"
    [note] = decision.notes
    assert name in note
    assert note.endswith("; it abstains, for 2 targets")
    [found] = [each for each in examine(context.store, context.files).warnings if "constraint" in each.invariant]
    assert found.subject == "project 1 (Nebulae)"
    assert note.startswith(found.found[:30])


@pytest.mark.parametrize("kind", [Project, Target])
def test_a_decision_honours_what_is_attached(kind: type, tmp_path: Path) -> None:
    """Held to hours after midnight, Orion waits, and the rejection names the constraint."""
    clock = ManualClock(NOW)
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))
    late = SkyConstraint(name="TimeConstraint", arguments={"min": "2026-01-06T00:00:00", "max": "2026-01-06T06:00:00"})
    with context.store.write() as unit:
        profile = unit.list(Profile)[0].guid
        for record in unit.list(kind):
            if record.name in ("Nebulae", "M 42", "Rosette"):
                unit.update(record.model_copy(update={"constraints": [late]}))
    decision = decide(DecisionRequest(profile_guid=profile), context)
    assert isinstance(decision, TakeExposure)
    assert decision.target_name == "M 81"
    held = [each for each in decision.rejected if each.rule == "constraint"]
    assert {each.target_name for each in held} == {"M 42", "Rosette"}
    assert all("TimeConstraint" in each.detail for each in held)
    assert held[0].again_at == datetime(2026, 1, 6, 0, 1, tzinfo=UTC)
