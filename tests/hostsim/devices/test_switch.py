"""The switch box."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import CancelledError, InvalidValueError, NotSupportedError
from hostsim.devices.switch import Switch, SwitchConfig, SwitchItem

Pass = Callable[[float], None]
ON_OFF, SLOW, STEPPED, LIGHT, SHOWN = range(5)


@pytest.fixture
def box(observatory: Observatory) -> Switch:
    return observatory.device(Switch)


@pytest.fixture
def wait(observatory: Observatory, clock: SimulatedClock) -> Pass:
    def pass_time(seconds: float) -> None:
        clock.sleep(seconds)
        observatory.advance()

    return pass_time


def test_a_switch_is_set_at_once(box: Switch) -> None:
    """On is the highest value, off the lowest, and a value goes to its step."""
    box.set_switch(ON_OFF, False)
    assert (box.get_switch(ON_OFF), box.get_switch_value(ON_OFF)) == (False, 0)
    box.set_switch(STEPPED, True)
    assert (box.get_switch(STEPPED), box.get_switch_value(STEPPED)) == (True, 100)
    box.set_switch_value(STEPPED, 37.0)
    assert box.get_switch_value(STEPPED) == 35


def test_a_slow_switch_takes_its_time(box: Switch, wait: Pass) -> None:
    """StateChangeComplete is false at once and true when the value is there."""
    box.set_async(SLOW, True)
    assert (box.state_change_complete(SLOW), box.get_switch(SLOW)) == (False, False)
    wait(1)
    assert (box.state_change_complete(SLOW), box.get_switch(SLOW)) == (False, False)
    wait(1)
    assert (box.state_change_complete(SLOW), box.get_switch(SLOW)) == (True, True)


def test_a_cancelled_change_is_reported_until_the_next(box: Switch, wait: Pass) -> None:
    """After CancelAsync the value stays, and asking whether it is done is an error; a new change ends that."""
    box.cancel_async(LIGHT)
    assert box.state_change_complete(LIGHT)
    box.set_async_value(LIGHT, 157)
    box.cancel_async(LIGHT)
    with pytest.raises(CancelledError):
        box.state_change_complete(LIGHT)
    assert "StateChangeComplete3" not in {entry["Name"] for entry in box.device_state()}
    wait(10)
    assert box.get_switch_value(LIGHT) == 0
    box.set_async_value(LIGHT, 157)
    wait(1)
    assert (box.state_change_complete(LIGHT), box.get_switch_value(LIGHT)) == (True, 157)


def test_what_a_switch_cannot_do_is_not_supported(box: Switch) -> None:
    """A read-only switch is not set; one without an asynchronous form has none."""
    for refused in (
        lambda: box.set_switch(SHOWN, True),
        lambda: box.set_switch_value(SHOWN, 1),
        lambda: box.set_async(ON_OFF, True),
        lambda: box.set_async_value(STEPPED, 5),
        lambda: box.cancel_async(STEPPED),
    ):
        with pytest.raises(NotSupportedError):
            refused()
    assert (box.can_write(SHOWN), box.can_async(SLOW), box.can_async(ON_OFF)) == (False, True, False)


@pytest.mark.parametrize("index", [-1, 5])
def test_an_id_that_does_not_exist_is_refused(box: Switch, index: int) -> None:
    """Every member that takes an Id takes 0 to MaxSwitch - 1."""
    values: dict[str, Any] = {"Id": index, "State": True, "Value": 1.0, "Name": "x"}
    taking = [member for member in box.members.members if any(one.name == "Id" for one in member.parameters)]
    assert len(taking) == 16
    for member in taking:
        with pytest.raises(InvalidValueError):
            box.perform(member, *(values[parameter.name] for parameter in member.parameters))


def test_values_out_of_range_are_refused(box: Switch) -> None:
    """A value has to be in the range of its switch, now or later."""
    with pytest.raises(InvalidValueError):
        box.set_switch_value(STEPPED, 100.1)
    with pytest.raises(InvalidValueError):
        box.set_async_value(LIGHT, -1)
    with pytest.raises(InvalidValueError):
        box.set_switch_name(LIGHT, "")


def test_a_name_can_be_changed(box: Switch) -> None:
    """The new name is read back, and travels with the state."""
    box.set_switch_name(LIGHT, "Moon")
    saved = box.snapshot()
    box.set_switch_name(LIGHT, "Sun")
    box.restore(saved)
    assert box.get_switch_name(LIGHT) == "Moon"
    del saved["settings"][0]
    with pytest.raises(ValueError, match="4 switches, not 5"):
        box.restore(saved)


def test_device_state_lists_every_switch(box: Switch) -> None:
    """Value, state and completion of each, numbered."""
    names = [entry["Name"] for entry in box.device_state()]
    assert names[:3] == ["GetSwitch0", "GetSwitchValue0", "StateChangeComplete0"]
    assert len(names) == 3 * box.max_switch() + 1


@pytest.mark.parametrize(
    "wrong",
    [{"step": 0.3}, {"low": 1.0}, {"start": 2.0}, {"writable": False, "async_s": 1.0}, {"name": ""}],
)
def test_a_switch_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """Steps divide the range, the start is inside it, and what is read-only is not asynchronous."""
    with pytest.raises(ValidationError):
        SwitchItem(**{"name": "Power", **wrong})


@given(value=st.floats(-20, 30), step=st.sampled_from([0.1, 0.5, 1.0, 5.0]))
def test_a_set_value_is_a_step_in_range(value: float, step: float) -> None:
    """Whatever is set, what is read is a step of the range, no farther than half a step away."""
    item = SwitchItem(name="Level", low=-20.0, high=30.0, step=step)
    box = Switch(SwitchConfig(switches=(item,)), clock=None)  # type: ignore[arg-type]
    box.set_switch_value(0, value)
    read = box.get_switch_value(0)
    assert -20 <= read <= 30 + 1e-9
    assert abs(read - value) <= step / 2 + 1e-9
