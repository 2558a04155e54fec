"""What a flat wizard asks of a rig that has it not, and trained flats that no panel gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hostsim.sequence.errors import SequenceFileError
from hostsim.sequence.parse import parse

WIZARD = "  - {type: flat_wizard, filters: [L], minimum_brightness: 20, maximum_brightness: 999}\n"
PANEL = "filters: [L], panel_min_brightness: 10, panel_max_brightness: 99}\n"
TRAINED = "  trained_flats: [{filter_name: L, gain: 100, offset: 30, brightness: 50, exposure_s: 2}]\n"


@pytest.fixture
def text(small: str) -> str:
    """Return a right sequence with a trained panel and a flat wizard."""
    return small.replace("filters: [L]}\n", PANEL + TRAINED) + WIZARD


def test_a_right_wizard_is_right(write: Callable[[str], Path], text: str, small: str) -> None:
    """A level beyond the panel's brightest one is no mistake: the search ends at the panel's own."""
    assert len(parse(write(text)).sequence.run) == 4
    bare = small.replace("filters: [L]}", "filters: []}") + WIZARD.replace("[L]", "[X]")
    assert len(parse(write(bare)).sequence.run) == 4


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("filters: [L], minimum", "filters: [L, Xx], minimum", "run[3].filters[1]: profile 'Rig' has no filter 'Xx'"),
        ("minimum_brightness: 20", "minimum_brightness: 100", "run[3].minimum_brightness: must be at most 99"),
        ("maximum_brightness: 999", "maximum_brightness: 9", ""),
        (
            "minimum_brightness: 20, maximum_brightness: 999",
            "maximum_brightness: 9",
            "run[3].maximum_brightness: must be at least 10",
        ),
        ("brightness: 50", "brightness: 999", "catalogue.trained_flats[0].brightness: must be within 10 to 99"),
        ("offset: 30", "offset: -5", "catalogue.trained_flats[0].offset: must be"),
        ("gain: 100", "gain: -1", "catalogue.trained_flats[0].gain: must be"),
    ],
)
def test_a_wrong_one_is_told(old: str, new: str, expected: str, write: Callable[[str], Path], text: str) -> None:
    """Each mistake stands with its line and path, so that it is found before the night and not in it."""
    assert old in text
    with pytest.raises(SequenceFileError) as caught:
        parse(write(text.replace(old, new)))
    assert any(expected in problem for problem in caught.value.problems), caught.value.problems


SECOND = (
    "second_camera:\n  profile: {name: Wide, focal_length_mm: 200, aperture_mm: 50, pixel_size_um: 3.76, "
    "filters: [L, Ha]}\n  templates: [{name: T, filter_name: L, default_exposure_s: 60}]\nrun:\n"
)


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("{type: slew}", "run[3]: needs ra_hours and dec_deg: there is a target only in events after_each_"),
        (
            "{type: scheduler_container, events: {after_night: [{type: slew}]}}",
            "run[3].events.after_night[0]: needs ra_hours and dec_deg",
        ),
        ("{type: slew, dec_deg: 3}", "run[3]: a slew needs both ra_hours and dec_deg, or in events neither"),
        ("{type: scheduler_container, events: {before_target: [{type: slew}]}}", ""),
    ],
)
def test_a_slew_needs_a_place(write: Callable[[str], Path], text: str, instruction: str, expected: str) -> None:
    """Only the events that are about a target have one to go to."""
    file = write(text.replace(WIZARD, f"  - {instruction}\n"))
    if not expected:
        assert len(parse(file).sequence.run) == 4
        return
    with pytest.raises(SequenceFileError) as caught:
        parse(file)
    assert expected in caught.value.problems[0]


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("{type: flat_wizard, filters: [Ha]}", "filters[0]: profile 'Rig' has no filter 'Ha', only L"),
        ("{type: flat_wizard, filters: [Ha], camera: Wide}", ""),
        ("{type: take_bias, camera: Rig}", ""),
        ("{type: take_bias, camera: Narrow}", "camera: no camera has a profile 'Narrow': there is 'Rig' and 'Wide'"),
        ("{type: autofocus, camera: wide}", "camera: no camera has a profile 'wide': there is 'Rig' and 'Wide'"),
    ],
)
def test_each_camera_is_asked_for_what_it_has(
    write: Callable[[str], Path], text: str, instruction: str, expected: str
) -> None:
    """Of two cameras an instruction is for the one it names; without a name, for both."""
    paired = write(text.replace("run:\n", SECOND, 1).replace(WIZARD, f"  - {instruction}\n"))
    if not expected:
        assert len(parse(paired).sequence.run) == 4
        return
    with pytest.raises(SequenceFileError) as caught:
        parse(paired)
    assert [problem.partition(": run[3].")[2] for problem in caught.value.problems] == [expected]


def test_a_wizard_in_a_loop_is_looked_at(write: Callable[[str], Path], text: str) -> None:
    """The tree of instructions is searched to its leaves."""
    looped = text.replace(WIZARD, "  - {type: loop, count: 2, run: [{type: flat_wizard, filters: [Xx]}]}\n")
    with pytest.raises(SequenceFileError, match=r"run\[3\]\.run\[0\]\.filters\[0\]: profile 'Rig' has no filter"):
        parse(write(looped))
