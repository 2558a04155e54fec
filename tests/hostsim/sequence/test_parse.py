"""Sequence files, right and wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hostsim.sequence.containers import Loop
from hostsim.sequence.errors import SequenceFileError
from hostsim.sequence.parse import parse, parse_faults

FIRST_NIGHT = Path(__file__).parents[3] / "hostsim" / "sequences" / "first_night.yaml"

# What is replaced by what in the small sequence, and line, path and part of the message of the problem.
SPOILT = [
    ("seed: 3", "sed: 3", "3: sed: unknown key"),
    ("name: Small\n", "", "1: name: is missing"),
    ("temperature_c: -10", "temperature_c: cold", "10: run[1].temperature_c: must be a number"),
    ("    temperature_c: -10\n", "", "9: run[1].temperature_c: is missing"),
    ("temperature_c: -10", "temperature: -10", "10: run[1].temperature: unknown key"),
    ("type: cool_camera", "type: cool_kamera", "9: run[1]: unknown instruction cool_kamera"),
    ("  - type: connect_equipment\n", "  - {}\n", "8: run[0]: `type` is missing"),
    ("{time: 22:30}", "{time: soon}", "15: run[2].run[0].until.time: give a local time"),
    ("{time: 22:30}", "{time: 2200}", "15: run[2].run[0].until.time: give a local time without zone"),
    ("{time: 22:30}", "{time: 22.5}", "15: run[2].run[0].until.time: give a local time without zone"),
    ("{time: 22:30}", "{time: true}", "15: run[2].run[0].until.time: give a local time without zone"),
    ("{time: 22:30}", "{time: 2026-01-15}", "15: run[2].run[0].until.time: give a local time without zone"),
    ("{time: 22:30}", "{time: 22:30Z}", "15: run[2].run[0].until.time: give a local time without zone"),
    ("{time: 22:30}", "{time: '22:30+05:00'}", "15: run[2].run[0].until.time: give a local time without zone"),
    ("{time: 22:30}", "{}", "15: run[2].run[0].until: give exactly one of"),
    ("    count: 2\n", "", "11: run[2]: a loop needs count, until or as_long_as"),
    ("T17:00:00+00:00", "T17:00:00", "2: start: needs a time zone"),
    ("seed: 3", "seed: 3\nseed: 4", "4: seed: occurs twice"),
    ("filters: [L]", "filters: [L, L]", "6: catalogue.profile.filters: a filter name occurs twice"),
    ("focal_length_mm: 540", "focal_length_mm: 0", "6: catalogue.profile.focal_length_mm: must be greater than 0"),
    ("filters: [L]", "filters: [L], light_pattern: $$TARGET$$", "6: catalogue.profile.light_pattern: file pattern"),
    ("run:\n  - type: conn", "run: [\n  - type: conn", "8: not YAML"),
    ("temperature_c: -10", 'temperature_c: !!int ""', "10: not YAML: '' is no int"),
    ("temperature_c: -10", "temperature_c: !!bool maybe", "10: not YAML: 'maybe' is no bool"),
    ("temperature_c: -10", "temperature_c: 2026-13-45", "10: not YAML: '2026-13-45' is no timestamp"),
    ("name: Small\n", "name: " + "[" * 5000 + "\n", "1: not usable: more than 50 levels"),
    ("filters: [L]", "filters: [L], filter_offsets: [0, 1]", "6: catalogue.profile.filter_offsets: 2 focus offsets"),
    ("2026-01-15T17", "0001-01-01T17", "2: start: the year must lie within 1950 to 2099, not 1"),
    ("2026-01-15T17", "9999-12-31T17", "2: start: the year must lie within 1950 to 2099, not 9999"),
    ("2026-01-15T17:00:00+00:00", "0001-01-01T01:00:00+14:00", "2: start: the year must lie within"),
    ("22:30", "9999-12-31T23:59:59Z", "15: run[2].run[0].until.time: the year must lie within 1950 to 2099, not 9999"),
    ("name: Small\n", "name: Small\0\0\n", "1: not YAML: the character #x0000"),
    ("name: Small\n", "name: " + "[" * 500 + "]" * 500 + "\n", "1: not usable: more than"),
    ("name: Small\n", "name: " + "[" * 1_000_000 + "\n", "1: not usable: more than 50 levels"),
    ("  - type: connect_equipment\n", "  - connect_equipment\n", "8: run[0]: must be a mapping, `key: value`"),
    ("seed: 3", "seed: 1.5", "3: seed: must be a whole number"),
    ("seed: 3", "seed: -1", "3: seed: must be at least 0, not -1"),
    ("name: Small", "name: 7", "1: name: must be a text"),
    ("name: Small", "name: ''", "1: name: must not be empty"),
    ("{time: 22:30}", "{twilight: dark}", "15: run[2].run[0].until.twilight: must be 'civil', "),
    ("T17:00:00+00:00", "T17:00:00+", "2: start: must be a date and time with zone"),
    (
        "filters: [L]}\n",
        "filters: []}\n  templates: [{name: H, filter_name: Ha, default_exposure_s: 60}]\n",
        "6: catalogue.profile.filters: names no filter, but the templates need Ha",
    ),
    ("temperature_c: -10", "? [a]\n    : 1", "10: run[1]: a key must be a text"),
]


@pytest.mark.parametrize(("old", "new", "expected"), SPOILT)
def test_a_problem_has_line_and_path(
    write: Callable[[str], Path], small: str, old: str, new: str, expected: str
) -> None:
    """Each mistake is reported as FILE:LINE: path: message."""
    assert old in small
    file = write(small.replace(old, new, 1))
    with pytest.raises(SequenceFileError) as caught:
        parse(file)
    assert any(problem.startswith(f"{file}:{expected}") for problem in caught.value.problems), caught.value.problems


@pytest.mark.parametrize("text", ["just words\n", "- a\n- b\n", "7\n"])
def test_what_is_no_mapping_is_one_plain_line(write: Callable[[str], Path], text: str) -> None:
    """A file that holds no mapping is told so in the words of its author, not of a library."""
    file = write(text)
    with pytest.raises(SequenceFileError) as caught:
        parse(file)
    assert caught.value.problems == [f"{file}:1: must be a mapping, `key: value`"]


def test_zeros_behind_the_text_have_a_line(write: Callable[[str], Path], small: str) -> None:
    """What a failing disk left behind the text is one problem, on the line where it stands."""
    file = write(small + "\0\0\0")
    with pytest.raises(SequenceFileError) as caught:
        parse(file)
    assert [problem.split(": not YAML")[0] for problem in caught.value.problems] == [f"{file}:16"]


def test_all_problems_come_at_once(write: Callable[[str], Path], small: str) -> None:
    """Several mistakes are reported together, in the order of their lines."""
    spoilt = small.replace("seed: 3", "seed: -1").replace("temperature_c: -10", "temperature_c: 900")
    with pytest.raises(SequenceFileError) as caught:
        parse(write(spoilt.replace("latitude_deg: 47.2", "latitude_deg: 147")))
    assert [int(problem.split(":")[1]) for problem in caught.value.problems] == [3, 5, 10]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is one clear line."""
    with pytest.raises(SequenceFileError, match=r"nowhere\.yaml: there is no such file"):
        parse(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is a folder: give the sequence file in it"),
        ("name: Nuit d'été".encode("latin-1"), "is not UTF-8 text: save it as UTF-8 in your editor"),
        ("name: n".encode("utf-16"), "is not UTF-8 text: save it as UTF-8 in your editor"),
    ],
    ids=["folder", "Latin-1", "UTF-16"],
)
def test_what_is_no_text_file_is_named_in_plain_words(tmp_path: Path, text: bytes | None, said: str) -> None:
    """A folder, or a file of another encoding, is one line that says what to do."""
    file = tmp_path
    if text is not None:
        file = tmp_path / "night.yaml"
        file.write_bytes(text)
    with pytest.raises(SequenceFileError) as caught:
        parse(file)
    assert caught.value.problems == [f"{file}: {said}"]


def test_an_alias_bomb_is_bounded(write: Callable[[str], Path]) -> None:
    """Aliases that unfold to billions of values are refused quickly."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(SequenceFileError, match="100000 values"):
        parse(write("\n".join(lines)))


def test_an_alias_to_itself_is_refused(write: Callable[[str], Path]) -> None:
    """A value that holds itself is refused."""
    with pytest.raises(SequenceFileError, match="alias"):
        parse(write("a: &a [*a]"))


def test_nothing_but_data_is_made(write: Callable[[str], Path]) -> None:
    """A tag that would make a Python object is refused."""
    with pytest.raises(SequenceFileError):
        parse(write("name: !!python/object/apply:os.getcwd []"))


def test_a_right_sequence_knows_its_lines(write: Callable[[str], Path], small: str) -> None:
    """Each instruction has its line, and the digest follows what is said, not how it is written."""
    parsed = parse(write(small))
    assert parsed.lines == {("run", 0): 8, ("run", 1): 9, ("run", 2): 11, ("run", 2, "run", 0): 14}
    assert isinstance(parsed.sequence.run[2], Loop)
    assert parse(write("# a comment\n" + small)).digest == parsed.digest
    assert parse(write(small.replace("seed: 3", "seed: 4"))).digest != parsed.digest


def test_the_first_night_is_right() -> None:
    """The sequence that is shipped has no problems."""
    assert parse(FIRST_NIGHT).sequence.name == "First night"


def test_faults_are_checked_with_their_lines(write: Callable[[str], Path], small: str) -> None:
    """An unknown fault, a wrong value and a second device are told where they stand; right ones are read."""
    listed = small.replace("run:\n", "faults:\n  - {type: gremlins}\n  - {type: panel_dims, to: 3}\nrun:\n", 1)
    with pytest.raises(SequenceFileError) as caught:
        parse(write(listed))
    assert [line.partition("night.yaml:")[2].partition(" ")[0] for line in caught.value.problems] == ["8:", "9:"]
    assert "unknown fault gremlins; known are answers_late" in caught.value.problems[0]
    with pytest.raises(SequenceFileError, match=r"number: wheel_stuck: a simulated night has one device of each kind"):
        parse(write(small.replace("run:\n", "faults: [{type: wheel_stuck, number: 1}]\nrun:\n", 1)))
    right = parse(write(small.replace("run:\n", "faults: [{type: wheel_stuck, after_s: 5}]\nrun:\n", 1)))
    assert right.sequence.faults[0].after_s == 5


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("{type: http_error, device: camera, member: imageredy}", "member: a camera has no member 'imageredy': is it"),
        ("{type: http_error, device: camera, member: ''}", "member: must not be empty"),
        ("{type: truncated_image, device: rotator}", "device: must be 'camera'"),
        ("{type: truncated_image, member: ''}", "member: must be 'imagearray' or"),
        ("{type: device_disconnects, device: dome}", "device: a night uses no dome"),
        ("{type: unsafe, at: 2026-01-15T16:59:59Z}", "at: is before the night begins (2026-01-15T17:00:00+00:00)"),
        ("{type: unsafe, at: 2026-01-16T17:00:01Z}", "at: is more than 24 h after the night begins"),
        ("{type: unsafe, after_s: 86401}", "after_s: is more than 24 h after the night begins"),
        ("{type: unsafe, for_s: yes}", "for_s: must be a number"),
    ],
)
def test_a_fault_that_can_never_happen_is_refused(
    fault: str, problem: str, write: Callable[[str], Path], small: str
) -> None:
    """What no night ever sees is told with its line, and the right faults beside it are not."""
    listed = small.replace("run:\n", f"faults:\n  - {{type: unsafe}}\n  - {fault}\nrun:\n", 1)
    with pytest.raises(SequenceFileError) as caught:
        parse(write(listed))
    (told,) = caught.value.problems
    assert f"night.yaml:9: faults[1].{problem}" in told


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ("{profile: {name: Rig, filters: [L]}", "7: second_camera.profile.name: is that of the first camera"),
        ("{profile: {name: Wide, filters: [L, L]}", "7: second_camera.profile.filters: a filter name occurs twice"),
        (
            "{profile: {name: Wide, filters: [L]}, trained_flats: [{filter_name: L, exposure_s: 2}]",
            "7: second_camera.trained_flats[0].brightness: is missing",
        ),
        ("{profile: {name: Wide}", "7: second_camera.profile.filters: names no filter, but the templates need L"),
    ],
)
def test_a_second_camera_is_checked_like_the_first(
    write: Callable[[str], Path], small: str, second: str, problem: str
) -> None:
    """What is wrong with its profile is told with its line."""
    templates = "templates: [{name: L, filter_name: L, default_exposure_s: 60}]"
    text = small.replace("run:\n", f"second_camera: {second}, {templates}}}\nrun:\n", 1)
    with pytest.raises(SequenceFileError) as refused:
        parse(write(text))
    assert problem in refused.value.problems[0]


@pytest.mark.parametrize("head", ["", "faults:\n"])
def test_a_file_of_faults_is_a_list_of_them(tmp_path: Path, head: str) -> None:
    """Alone, or under the name that it has in a sequence; what is wrong has its line."""
    start, file = datetime(2026, 1, 15, 17, tzinfo=UTC), tmp_path / "faults.yaml"
    file.write_text(f"{head}- {{type: unsafe, after_s: 60}}\n- {{type: wheel_stuck}}\n", encoding="utf-8")
    assert [each.type for each in parse_faults(file, start=start)] == ["unsafe", "wheel_stuck"]
    line = 2 if head else 1
    for wrong, said in (("typo", "unknown fault typo"), ("unsafe, after_s: 999999", "more than 24 h after the night")):
        file.write_text(f"{head}- {{type: {wrong}}}\n", encoding="utf-8")
        with pytest.raises(SequenceFileError) as refused:
            parse_faults(file, start=start)
        assert refused.value.problems[0].startswith(f"{file}:{line}: ")
        assert said in refused.value.problems[0]


def test_an_empty_file_of_faults_is_refused(tmp_path: Path) -> None:
    """Whoever gives one means something by it."""
    file = tmp_path / "faults.yaml"
    file.write_text("", encoding="utf-8")
    with pytest.raises(SequenceFileError, match="is empty"):
        parse_faults(file, start=datetime(2026, 1, 15, 17, tzinfo=UTC))
