"""Which scenario a night has: the option's, the sequence's, or the one it began with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hostsim.cli import main
from hostsim.night import NightOptions, run_night
from hostsim.night.scenarios import scenario_of
from hostsim.sequence.errors import SequenceFileError
from hostsim.sequence.journal import load_state
from hostsim.sequence.parse import parse
from hostsim.sky.scenario import named_scenarios
from tsplug import InputError, TsplugError

EMPTY_NIGHT = """\
name: Empty night
start: 2026-01-15T17:00:00+00:00
seed: 5
catalogue:
  site: {name: Hill, latitude_deg: 47.2, longitude_deg: 8.6, time_zone: Europe/Zurich}
  profile: {name: Rig, focal_length_mm: 540, aperture_mm: 107, pixel_size_um: 3.76, filters: [L]}
run:
  - {type: wait_until, until: {time: "19:00"}}
"""
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(scenario: str) -> Path:
        file = tmp_path / "night.yaml"
        file.write_text(EMPTY_NIGHT.replace("seed: 5\n", f"seed: 5\n{scenario}"), encoding="utf-8")
        return file

    return written


def began_with(out: Path) -> str:
    state = load_state(out / "state.json")
    assert state is not None
    return state.scenario.name


def test_the_option_wins_over_the_sequence(write: Write, tmp_path: Path) -> None:
    """Without either the night is clear."""
    run_night(NightOptions(write(""), tmp_path / "plain"))
    run_night(NightOptions(write("scenario: dew\n"), tmp_path / "dew"))
    run_night(NightOptions(write("scenario: dew\n"), tmp_path / "wind", scenario="wind"))
    assert [began_with(tmp_path / name) for name in ("plain", "dew", "wind")] == ["clear", "dew", "wind"]


def test_a_night_keeps_the_scenario_it_began_with(write: Write, tmp_path: Path) -> None:
    """Neither a changed file nor the default changes it, and another name is refused."""
    mine, out = tmp_path / "mine.yaml", tmp_path / "out"
    mine.write_text("wind: {mean_m_per_s: 7}\n", encoding="utf-8")
    sequence = write("scenario: mine.yaml\n")
    run_night(NightOptions(sequence, out))
    mine.write_text("wind: {mean_m_per_s: 30}\n", encoding="utf-8")
    run_night(NightOptions(sequence, out))
    state = load_state(out / "state.json")
    assert state is not None
    assert (state.scenario.name, state.scenario.wind.mean_m_per_s) == ("mine", 7)
    with pytest.raises(InputError, match=r"holds a night of scenario 'mine', not 'wind': choose another --out"):
        run_night(NightOptions(sequence, out, scenario="wind"))


def test_an_unknown_name_is_told_in_one_line(write: Write, tmp_path: Path) -> None:
    """The line names every scenario there is; nothing is made."""
    with pytest.raises(TsplugError) as refused:
        run_night(NightOptions(write(""), tmp_path / "out", scenario="ghosts"))
    said = str(refused.value)
    assert "\n" not in said
    assert all(name in said for name in named_scenarios())
    assert not (tmp_path / "out").exists()


def test_checking_a_sequence_tells_the_line_of_a_wrong_scenario(write: Write) -> None:
    """`hostsim check` finds an unknown name and a missing file, which is looked for beside the sequence."""
    for wrong in ("ghosts", "gone.yaml"):
        with pytest.raises(SequenceFileError, match=rf"night\.yaml:4: scenario: .*{wrong}"):
            parse(write(f"scenario: {wrong}\n"))


def test_real_equipment_has_its_own_night(write: Write, tmp_path: Path) -> None:
    """A scenario beside an Alpaca address is refused before anybody is asked there."""
    with pytest.raises(InputError, match="leave --scenario out"):
        run_night(NightOptions(write(""), tmp_path / "out", alpaca="127.0.0.1:9", scenario="wind"))


def test_scenarios_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As a line each, or as one JSON document."""
    for options in ([], ["--json"]):
        monkeypatch.setattr("sys.argv", ["hostsim", "scenarios", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
    lines, document = capsys.readouterr().out.split("[\n", maxsplit=1)
    assert [line.split()[0] for line in lines.splitlines()] == list(named_scenarios())
    listed = json.loads("[" + document)
    assert [entry["name"] for entry in listed] == list(named_scenarios())
    assert all(entry["description"] for entry in listed)


def test_a_path_starts_at_its_folder(tmp_path: Path) -> None:
    """A relative file is looked for in the folder given; a name is not."""
    (tmp_path / "foggy.yaml").write_text("air: {haze_mag: 1}\n", encoding="utf-8")
    assert scenario_of("foggy.yaml", folder=tmp_path).air.haze_mag == 1
    assert scenario_of("wind", folder=tmp_path).name == "wind"
