"""How gain and offset are set."""

from __future__ import annotations

import pytest

from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError
from hostsim.devices.parts.level import Level, LevelMode


def level(mode: LevelMode, *, names: tuple[str, ...] = (), start: int = 0) -> Level:
    return Level("Gain", mode, names, 0, 300, start)


def test_by_value_there_is_a_range_and_no_names() -> None:
    """Values are the sensor's own."""
    one = level(LevelMode.VALUE, start=300)
    assert one.faults() == []
    one.check_setting(300)
    assert (one.range("GainMin"), one.value(120)) == ((0, 300), 120)
    with pytest.raises(NotSupportedError):
        one.listed("Gains")
    with pytest.raises(InvalidValueError):
        one.check_setting(301)


def test_by_index_there_are_names_and_no_range() -> None:
    """Names share the sensor's range evenly."""
    one = level(LevelMode.INDEX, names=("Low", "Middle", "High"))
    assert one.faults() == []
    assert one.listed("Gains") == ["Low", "Middle", "High"]
    assert [one.value(index) for index in range(3)] == [0, 150, 300]
    assert level(LevelMode.INDEX, names=("Only",)).value(0) == 0
    with pytest.raises(NotSupportedError, match="GainMax is not supported"):
        one.range("GainMax")
    with pytest.raises(InvalidValueError):
        one.check_setting(3)


def test_without_a_mode_there_is_nothing() -> None:
    """Every member is refused; the sensor keeps its start."""
    one = level(LevelMode.NONE)
    for refused in (one.require, lambda: one.check_setting(0), lambda: one.range("GainMin"), lambda: one.listed("x")):
        with pytest.raises(NotSupportedError):
            refused()
    assert one.value(7) == 7


@pytest.mark.parametrize(
    "wrong",
    [
        level(LevelMode.INDEX),
        level(LevelMode.INDEX, names=("A", "")),
        level(LevelMode.INDEX, names=("A",), start=1),
        level(LevelMode.VALUE, start=-1),
    ],
)
def test_a_level_that_makes_no_sense_is_refused(wrong: Level) -> None:
    """An index needs names, and the start has to be settable."""
    ((place, text),) = wrong.faults()
    assert place in (("gain_names",), ("start_gain",))
    assert text
