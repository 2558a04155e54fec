from __future__ import annotations

from typing import Any

import pytest

from tsplug.errors import InputError
from tsplug.model import ExposurePlan, ExposureTemplate, GraderMode, Priority, Profile, Project, Record, Site, Target
from tsplug.services.catalogue_fields import is_assignment, read_given


@pytest.mark.parametrize(
    ("kind", "text", "values"),
    [
        (Site, "horizon=0:10,90:25.5", {"horizon": [["0", "10"], ["90", "25.5"]]}),
        (Site, "horizon=[[0, 10]]", {"horizon": [[0, 10]]}),
        (Site, "horizon=none", {"horizon": []}),
        (Site, "sky_quality=none", {"sky_quality": None}),
        (Profile, "filters=L, R,Ha", {"filters": ["L", "R", "Ha"]}),
        (Profile, "filters=none", {"filters": []}),
        (Profile, "grader.mode=target-scheduler", {"grader": {"mode": GraderMode.TARGET_SCHEDULER}}),
        (Profile, "grader.metrics.snr.grade=yes", {"grader": {"metrics": {"snr": {"grade": True}}}}),
        (Profile, "grader.metrics.snr.auto_reject=none", {"grader": {"metrics": {"snr": {"auto_reject": None}}}}),
        (Profile, "flats.count=20", {"flats": {"count": 20}}),
        (Profile, "astrobin_filters.'a.b=c'=12", {"astrobin_filters": {"a.b=c": 12}}),
        (Profile, "astrobin_filters.Ha=none", {"astrobin_filters": {"Ha": None}}),
        (Profile, 'astrobin_filters={"Ha": 3}', {"astrobin_filters": {"Ha": 3}}),
        (Profile, "pipeline.modules.preview=no", {"pipeline": {"modules": {"preview": False}}}),
        (Profile, "pipeline.modules.preview=none", {"pipeline": {"modules": {"preview": None}}}),
        (Profile, "pipeline.keyword_names.hfr=MYHFR", {"pipeline": {"keyword_names": {"hfr": "MYHFR"}}}),
        (Profile, "pipeline.keyword_names.hfr=", {"pipeline": {"keyword_names": {"hfr": ""}}}),
        (Profile, "pipeline.keywords=banzai", {"pipeline": {"keywords": "banzai"}}),
        (Profile, 'pipeline.preview_form="PNG"', {"pipeline": {"preview_form": "png"}}),
        (Profile, "pipeline.keyword_names.hfr=none", {"pipeline": {"keyword_names": {"hfr": None}}}),
        (Profile, "has-rotator=off", {"has_rotator": False}),
        (Project, "rule_weights.'Percent Complete'=80", {"rule_weights": {"Percent Complete": 80.0}}),
        (Project, "rule_weights.percent_complete=80", {"rule_weights": {"Percent Complete": 80.0}}),
        (Project, "rule_weights.percent complete=none", {"rule_weights": {"Percent Complete": 50.0}}),
        (Project, "priority=HIGH", {"priority": Priority.HIGH}),
        (Project, "priority=2", {"priority": Priority.HIGH}),
        (Project, "name= a = b ", {"name": "a = b"}),
        (Target, "ra=5h30m", {"ra_hours": 5.5}),
        (Target, "dec_deg=-0d30m", {"dec_deg": -0.5}),
        (Target, "rotation=30", {"rotation_deg": 30.0}),
        (Target, "priority=none", {"priority": None}),
        (ExposureTemplate, "exposure=300", {"default_exposure_s": 300.0}),
        (ExposureTemplate, "filter=Ha", {"filter_name": "Ha"}),
        (ExposurePlan, "seconds=300", {"exposure_s": 300.0}),
    ],
)
def test_values_are_read_by_the_type_of_their_field(kind: type[Record], text: str, values: dict[str, Any]) -> None:
    """Words, numbers, lists, parts, coordinates and nothing are read as the field has them."""
    given = read_given(kind, [text])
    assert given.problems == []
    assert given.values == values


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Target, "roi=wide", "roi_percent: must be a number, not 'wide' (within 1 to 100)"),
        (Target, "roi=nan", "roi_percent: must be a number, not 'nan' (within 1 to 100)"),
        (Target, "rot=3", "rot: unknown; did you mean rotation_deg?"),
        (Target, "id=3", "id: is given by the store"),
        (Target, "enabled=maybe", "enabled: must be yes or no, not 'maybe'"),
        (Target, "priority=urgent", "priority: must be one of low, normal, high, not 'urgent'"),
        (Target, "filter_cadence=L", "filter_cadence: is kept by the planner; only none clears it"),
        (Target, "ra=25h", "ra_hours: must lie within 0 to below 24 hours, not 25h"),
        (Target, "name=a\udcff", "name: is not valid UTF-8"),
        (Target, "name=a\x1b[31m", "name: must not contain control characters"),
        (ExposurePlan, "acquired=3", "acquired: counts the images"),
        (ExposurePlan, "desired=1e99", "desired: must be a whole number"),
        (ExposurePlan, "target_id=1", "target_id: give target=NAME"),
        (Profile, "panel_max_brightness=99999999999999999999", "panel_max_brightness: must be within"),
        (Profile, "grader.mdoe=robust", "grader.mdoe: unknown; did you mean mode?"),
        (Profile, "camera.gain=3", "camera.gain: has no parts"),
        (Profile, "pipeline.modules.preview=x", "pipeline.modules.preview: must be yes or no, not 'x'"),
        (Profile, "pipeline.keyword_names.hrf=A", "pipeline.keyword_names.hrf: unknown; did you mean hfr?"),
        (Profile, "pipeline.keywords=x", "pipeline.keywords: must be one of standard, banzai, not 'x'"),
        (Profile, "astrobin_filters=[", "astrobin_filters: is not valid JSON"),
        (Project, "rule_weights.luck=3", "rule_weights.luck: unknown; there are Meridian Flip Penalty"),
        (Project, "active_at=yesterday", "active_at: must be a time like"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_field(kind: type[Record], text: str, said: str) -> None:
    """A problem names the field, what is accepted, and what was given."""
    assert [line[: len(said)] for line in read_given(kind, [text]).problems] == [said]


def test_all_problems_are_told_at_once() -> None:
    """Every field that is wrong has its line, and so has one given twice."""
    given = read_given(Target, ["roi=x", "ra=25h", "colour=red", "dec=1", "dec_deg=2"])
    assert len(given.problems) == 4
    with pytest.raises(InputError) as caught:
        given.refuse()
    assert all(key in str(caught.value) for key in ("roi_percent", "ra_hours", "colour", "dec_deg: is given twice"))


@pytest.mark.parametrize(
    ("text", "is_one"), [("name=x", True), ("a.b c=1", True), ("M 42", False), ("=x", False), ("M 42=x", False)]
)
def test_assignments_are_told_from_names(text: str, is_one: bool) -> None:
    """A text is an assignment if it begins with a key."""
    assert is_assignment(text) is is_one


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("abc", "horizon: must be AZIMUTH:ALTITUDE pairs, not 'abc'"),
        ("0:10,90", "horizon: must be AZIMUTH:ALTITUDE pairs, not '0:10,90'"),
        ("[[0, 10, 5]]", "horizon: must be AZIMUTH:ALTITUDE pairs, not '[[0, 10, 5]]'"),
        ("[1, 2]", "horizon: must be AZIMUTH:ALTITUDE pairs, not '[1, 2]'"),
        ("[[true, null]]", "horizon: must be AZIMUTH:ALTITUDE pairs, not '[[true, null]]'"),
        ("0:10,90:5,90.0:25", "horizon: azimuth 90 has two altitudes, 5 and 25"),
    ],
)
def test_a_horizon_is_pairs_with_one_altitude_each(text: str, problem: str) -> None:
    """What is no pair of numbers, or gives an azimuth two altitudes, is told in words of the form to type."""
    assert read_given(Site, [f"horizon={text}"]).problems == [problem]
