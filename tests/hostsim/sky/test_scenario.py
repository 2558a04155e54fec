"""Scenarios are found by name, read from files, and say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from hostsim.sky.scenario import CLEAR, CloudBank, Scenario, ScenarioError, Spell, named_scenarios, read_scenario

NAMES = (
    "clear",
    "cloud-bank",
    "defocus-drift",
    "dew",
    "guiding-loss",
    "mixed",
    "satellites",
    "superb-first-hour",
    "thin-cloud",
    "tree-on-horizon",
    "wind",
)


def test_all_named_scenarios_are_there() -> None:
    """The scenarios that ship are those that the documents name."""
    assert named_scenarios() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_named_scenario_says_its_name_and_what_happens(name: str) -> None:
    """Each bears the name it is found by, a sentence, and differs from a clear night unless it is one."""
    scenario = read_scenario(name)
    assert scenario.name == name
    assert scenario.description.endswith(".")
    assert (scenario.model_copy(update={"name": "clear", "description": CLEAR.description}) == CLEAR) == (
        name == "clear"
    )


def test_the_clear_night_is_the_one_without_a_file() -> None:
    """Who names no scenario gets the one named clear."""
    assert read_scenario("clear") == CLEAR


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    """The message lists every name, and says that a file will do."""
    with pytest.raises(ScenarioError, match=r"no scenario 'thick-cloud': choose clear, cloud-bank, .*, wind, or give"):
        read_scenario("thick-cloud")


def test_a_file_is_read_and_named_after_itself(tmp_path: Path) -> None:
    """A scenario of one's own needs no name; it is known by that of its file."""
    file = tmp_path / "my-roof.yaml"
    file.write_text("wind: {mean_m_per_s: 4}\n")
    assert read_scenario(str(file)) == read_scenario(file)
    assert read_scenario(file).name == "my-roof"
    assert read_scenario(file).wind.mean_m_per_s == 4.0


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """A path that leads nowhere is told apart from a name that is not known."""
    with pytest.raises(ScenarioError, match=r"none\.yaml: there is no such file"):
        read_scenario(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_scenario(f"{tmp_path}/")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty"),
        ("- 1\n", 1, "must hold fields and their values"),
        ("name: a\nguiding: 3\n", 2, "guiding: must hold fields and their values"),
        ("name: a\n\nrain: 1\n", 3, "rain: there is no such field"),
        ("name: a\nname: b\n", 2, "not YAML: name occurs twice"),
        ("clouds:\n  banks:\n    - {start_hours: 3, end_hours: 2, thickness_mag: 2}", 3,
         "clouds.banks[0].end_hours: must be later than start_hours (3), not 2"),
        ("wind:\n  mean_m_per_s: -1\n", 2, "wind.mean_m_per_s: must be greater than or equal to 0"),
        ("wind:\n  mean_m_per_s: .nan\n", 2, "wind.mean_m_per_s: must be a finite number"),
        ("clouds:\n  banks:\n    - {start_hours: 1, end_hours: 2, thickness_mag: 1, rain_mm_per_h: 2}\n", 3,
         "clouds.banks[0].rain_mm_per_h: rain needs a thickness_mag of 3 or more"),
        ("horizon:\n  - {azimuth_deg: 3, altitude_deg: 3}\n  - {azimuth_deg: 3, altitude_deg: 4}\n", 1,
         "horizon: has two points at the same azimuth_deg: 3"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_and_field(tmp_path: Path, text: str, line: int, message: str) -> None:
    """A wrong file is answered with the one place and what is wrong there."""
    file = tmp_path / "night.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(file)
    assert str(caught.value) == f"{file}:{line}: {message}"


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Two mistakes are two lines, in the order of the file."""
    file = tmp_path / "night.yaml"
    file.write_text("seeing: {zenith_arcsec: 99}\nstorm: 1\n")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(file)
    assert [text.split(": ")[1] for text in str(caught.value).splitlines()] == ["seeing.zenith_arcsec", "storm"]


def test_every_field_is_described() -> None:
    """Whoever writes a scenario finds a sentence on each field of each part."""
    seen: set[type[BaseModel]] = set()

    def walk(model: type[BaseModel]) -> None:
        seen.add(model)
        for name, field in model.model_fields.items():
            assert (field.description or "").endswith("."), f"{model.__name__}.{name}"
            for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
                if isinstance(part, type) and issubclass(part, BaseModel):
                    walk(part)

    walk(Scenario)
    assert len(seen) == 14


def test_a_scenario_cannot_be_changed() -> None:
    """A scenario is a value: it is hashable and frozen."""
    assert len({CLEAR, read_scenario("clear"), read_scenario("wind")}) == 2
    with pytest.raises(ValidationError, match="frozen"):
        CLEAR.name = "other"  # type: ignore[misc]


def test_a_spell_ends_after_it_starts() -> None:
    """The end names the start that it contradicts; a start that is no number speaks for itself."""
    with pytest.raises(ValidationError, match="later than start_hours"):
        Spell(start_hours=1.0, end_hours=1.0)
    with pytest.raises(ValidationError, match="start_hours"):
        CloudBank.model_validate({"start_hours": "soon", "end_hours": 1.0, "thickness_mag": 1.0})
