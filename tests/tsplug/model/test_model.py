"""The nouns: defaults, ranges and the words of their refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    GraderPreferences,
    Profile,
    Project,
    Record,
    Site,
    Target,
)

MOMENT = datetime(2026, 1, 15, 21, tzinfo=UTC)
GOOD: dict[type[Record], dict[str, Any]] = {
    Site: {"name": "home", "latitude_deg": 47.2, "longitude_deg": 8.6},
    Profile: {"name": "rig", "site_id": 1, "focal_length_mm": 540, "aperture_mm": 107, "pixel_size_um": 3.76},
    Project: {"profile_id": 1, "name": "Winter", "created_at": MOMENT},
    Target: {"project_id": 1, "name": "M 31", "ra_hours": 0.7, "dec_deg": 41.3},
    ExposureTemplate: {"profile_id": 1, "name": "L", "filter_name": "L"},
    ExposurePlan: {"target_id": 1, "template_id": 1},
}
WRONG = [
    (Site, "latitude_deg", 91),
    (Site, "longitude_deg", -181),
    (Site, "time_zone", "Mars/Olympus"),
    (Site, "horizon", [(400, 10)]),
    (Profile, "focal_length_mm", 0),
    (Profile, "filters", ["L", "L"]),
    (Profile, "filters", [" "]),
    (Project, "flats_handling", 4),
    (Project, "meridian_window_min", 721),
    (Project, "filter_switch_frequency", 1000),
    (Project, "rule_weights", {"Percent Complete": 101}),
    (Project, "created_at", datetime(2026, 1, 15)),  # noqa: DTZ001 - the naive time is the point
    (Target, "ra_hours", 24),
    (Target, "dec_deg", -90.1),
    (Target, "roi_percent", 0.5),
    (Target, "rotation_deg", 360),
    (ExposureTemplate, "default_exposure_s", 0),
    (ExposureTemplate, "default_exposure_s", 32_768),
    (ExposureTemplate, "gain", -2),
    (ExposureTemplate, "moon_width_days", 15),
    (ExposurePlan, "exposure_s", 0),
    (ExposurePlan, "desired", 100_000),
    (ExposurePlan, "acquired", -1),
]


@pytest.mark.parametrize(("kind", "field", "value"), WRONG, ids=lambda value: str(getattr(value, "__name__", value)))
def test_a_value_out_of_range_is_refused_with_the_field_named(kind: type[Record], field: str, value: object) -> None:
    """Construction and assignment refuse it alike, and say which field was wrong."""
    with pytest.raises(ValidationError) as caught:
        kind(**{**GOOD[kind], field: value})
    assert caught.value.errors()[0]["loc"][0] == field
    record = kind(**GOOD[kind])
    with pytest.raises(ValidationError, match=field):
        setattr(record, field, value)


@pytest.mark.parametrize("kind", GOOD, ids=lambda kind: kind.__name__)
def test_a_record_with_only_its_necessary_fields_is_valid(kind: type[Record]) -> None:
    """Everything else has the field's default; an unknown field is refused."""
    assert kind(**GOOD[kind]).id is None
    with pytest.raises(ValidationError, match="colour"):
        kind(**GOOD[kind], colour="red")


def test_defaults_are_those_of_the_field() -> None:
    """The defaults users know from Target Scheduler hold (spec/target-scheduler-domain 1.2)."""
    project = Project(**GOOD[Project])
    assert (project.minimum_time_min, project.flats_handling, project.grading_enabled) == (30, 0, True)
    assert project.rule_weights["Target Switch Penalty"] == 67
    template = ExposureTemplate(**GOOD[ExposureTemplate])
    assert (template.default_exposure_s, template.gain, template.binning, template.moon_separation_deg) == (
        60,
        None,
        1,
        60,
    )
    preferences = GraderPreferences()
    assert (preferences.delay_percent, preferences.max_samples, preferences.hfr_sigma) == (80, 10, 4)
    assert (preferences.rms_threshold_px, preferences.grade_fwhm, preferences.mode) == (8, False, "robust")


@pytest.mark.parametrize("field", ["gain", "offset", "readout_mode", "dither_every"])
def test_minus_one_means_the_default_of_the_camera(field: str) -> None:
    """The marker -1 of other schedulers becomes None."""
    template = ExposureTemplate(**GOOD[ExposureTemplate], **{field: -1})
    assert getattr(template, field) is None


def test_times_are_kept_in_utc() -> None:
    """A time with any zone is the same moment in UTC afterwards."""
    local = datetime(2026, 1, 15, 22, tzinfo=timezone(timedelta(hours=1)))
    project = Project(**{**GOOD[Project], "created_at": local})
    assert project.created_at == MOMENT
    assert project.created_at.tzinfo is UTC


def test_pixel_scale_follows_from_pixel_and_focal_length() -> None:
    """3.76 um at 540 mm is 1.436216 arcsec per pixel (spec/peers f)."""
    assert Profile(**GOOD[Profile]).pixel_scale_arcsec == pytest.approx(1.436216, abs=1e-6)


def test_records_do_not_share_their_defaults() -> None:
    """Changing one image's metrics leaves another's alone."""
    fields: dict[str, Any] = {
        "profile_name": "rig",
        "project_name": "Winter",
        "target_name": "M 31",
        "filter_name": "L",
        "file": "a.fits",
        "started": MOMENT,
        "acquired": MOMENT,
        "exposure_s": 60,
    }
    first, second = AcquiredImage(**fields), AcquiredImage(**fields)
    first.metrics["hfr"] = 2.0
    assert second.metrics == {}
    assert first.guid != second.guid
