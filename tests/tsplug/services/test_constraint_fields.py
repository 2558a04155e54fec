"""Constraints and weather limits as users type them."""

from __future__ import annotations

import pytest

from tsplug.model import Profile, Project, Target
from tsplug.services.catalogue_fields import read_given


def test_a_constraint_is_taken_as_json() -> None:
    """A list of names with arguments; none clears it."""
    text = 'constraints=[{"name": "MoonIlluminationConstraint", "arguments": {"max": 0.4}}]'
    given = read_given(Target, [text])
    assert given.problems == []
    assert given.values["constraints"][0]["name"] == "MoonIlluminationConstraint"
    assert read_given(Project, ["constraints=none"]).values["constraints"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('constraints=[{"name": "Nothing"}]', "no constraint is called 'Nothing'"),
        ('constraints=[{"name": "AirmassConstraint", "arguments": {"mx": 2}}]', "refuses its arguments"),
        ('constraints=[{"name": "AirmassConstraint", "arguments": {"max": "abc"}}]', "failed"),
        ('constraints=[{"arguments": {}}]', "name"),
    ],
)
def test_a_constraint_that_could_not_be_asked_is_refused(text: str, said: str) -> None:
    """Unknown names, wrong arguments and missing ones are told when they are typed, not in the night."""
    [problem] = read_given(Target, [text]).problems
    assert said in problem


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("AltitudeConstraint", '{"min": 40}'),
        ("MoonSeparationConstraint", '{"min": 40}'),
        ("SunSeparationConstraint", '{"max": 40, "min": 3}'),
        ("GalacticLatitudeConstraint", '{"min": 10}'),
        ("AtNightConstraint", '{"max_solar_altitude": -12}'),
        ("AltitudeConstraint", '{"min": "40 m"}'),
    ],
)
def test_a_number_without_its_unit_says_how_it_is_written(name: str, arguments: str) -> None:
    """Angles need their unit; with it they are taken."""
    [problem] = read_given(Target, [f'constraints=[{{"name": "{name}", "arguments": {arguments}}}]']).problems
    assert problem.endswith('write angles with their unit, like "40 deg"')
    given = read_given(Target, ['constraints=[{"name": "AltitudeConstraint", "arguments": {"min": "40 deg"}}]'])
    assert given.problems == []


@pytest.mark.parametrize(("text", "limit"), [("12", 12.0), ("none", None)])
def test_weather_limits_are_set_and_cleared_by_reading(text: str, limit: float | None) -> None:
    """Each reading has its own limit; none is off."""
    given = read_given(Profile, [f"planner.weather_limits.wind_speed={text}"])
    assert given.values["planner"] == {"weather_limits": {"wind_speed": limit}}


def test_a_reading_that_nobody_measures_is_refused() -> None:
    """The readings that there are are named."""
    [problem] = read_given(Profile, ["planner.weather_limits.rain=3"]).problems
    assert "there are cloud_cover, humidity, wind_speed" in problem


def test_what_the_planner_keeps_cannot_be_typed() -> None:
    """Turns of the smart order are the planner's own."""
    [problem] = read_given(Target, ["smart_turns=none"]).problems
    assert "is kept by the planner" in problem
