"""Rules of switches: names and ranges, writing and reading back, asynchronous changes."""

from __future__ import annotations

from hostsim.conformance.device import INVALID_OPERATION, INVALID_VALUE, NOT_IMPLEMENTED, Device, expect_range
from hostsim.conformance.members import calls
from hostsim.conformance.outcome import NotApplicableError, expect, shown
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("switch", "8 Switch", device="Switch")

_MOST = 32
_CANCELLED = 0x40E
_PART = 1e-6


def _ids(switch: Device) -> list[int]:
    return list(range(min(_MOST, switch.read("MaxSwitch"))))


def _by_id(switch: Device) -> list[str]:
    return [str(call) for call in calls("Switch") if call.version <= switch.version and call.samples.get("Id")]


@RULES.rule("count", "MaxSwitch is 1 or more")
def _count(switch: Device) -> str:
    count = switch.read("MaxSwitch")
    expect(count >= 1, str(count), expected="1 or more")
    return str(count)


@RULES.rule("ids", "Id -1 and Id MaxSwitch are refused: 0x401", each=_by_id)
def _bad_ids(switch: Device, what: str) -> str:
    call = next(call for call in calls("Switch") if str(call) == what)
    for number in (-1, switch.read("MaxSwitch")):
        parameters = {**call.samples, "Id": str(number)}
        error, _, _ = switch.outcome(call.verb, call.name, parameters=parameters)
        allowed = error == INVALID_VALUE or (call.verb == "PUT" and error == NOT_IMPLEMENTED)
        expect(allowed, f"Id {number}: error {error:#x}", expected="error 0x401")
    return "refused"


@RULES.rule("name", "has a name and a description", each=_ids)
def _name(switch: Device, number: int) -> str:
    name = switch.read("GetSwitchName", Id=number)
    expect(bool(name.strip()), shown(name), expected="a name that is not empty")
    switch.read("GetSwitchDescription", Id=number)
    return shown(name)


@RULES.rule("range", "the range goes up and is a whole number of steps, and the value lies in it", each=_ids)
def _range(switch: Device, number: int) -> str:
    low, high, step = _limits(switch, number)
    expect(low < high, f"{low:g} to {high:g}", expected="MinSwitchValue below MaxSwitchValue")
    expect(0 < step <= high - low, f"step {step:g}", expected=f"above 0, at most {high - low:g}")
    steps = (high - low) / step
    expect(abs(steps - round(steps)) < _PART * max(1.0, steps), f"{steps:g} steps", expected="a whole number of steps")
    value = switch.read("GetSwitchValue", Id=number)
    expect_range("GetSwitchValue", value, low=low, high=high)
    return f"{value:g} of {low:g} to {high:g}, step {step:g}"


@RULES.rule("boolean", "GetSwitch is false at the lowest value and true at the highest", each=_ids)
def _boolean(switch: Device, number: int) -> None:
    low, high, _ = _limits(switch, number)
    on, value = switch.read("GetSwitch", Id=number), switch.read("GetSwitchValue", Id=number)
    if low < value < high:
        raise NotApplicableError("between the ends the driver decides")
    expect(on == (value >= high), f"GetSwitch {on} at {value:g}", expected=f"GetSwitch {value >= high}")


@RULES.rule("read-only", "a switch that cannot be written refuses it: 0x400", each=_ids)
def _read_only(switch: Device, number: int) -> None:
    if switch.read("CanWrite", Id=number):
        raise NotApplicableError("CanWrite is true")
    switch.refused("SetSwitch", NOT_IMPLEMENTED, Id=number, State=True)
    switch.refused("SetSwitchValue", NOT_IMPLEMENTED, Id=number, Value=switch.read("MinSwitchValue", Id=number))


def _limits(switch: Device, number: int) -> tuple[float, float, float]:
    low, high, step = (switch.read(name, Id=number) for name in ("MinSwitchValue", "MaxSwitchValue", "SwitchStep"))
    return low, high, step


def _writable(switch: Device, number: int) -> tuple[float, float, float]:
    switch.need_true("CanWrite", Id=number)
    return _limits(switch, number)


def _expect_value(switch: Device, number: int, *, value: float, step: float) -> None:
    seen = switch.read("GetSwitchValue", Id=number)
    expect(abs(seen - value) <= step / 2, f"{seen:g}", expected=f"{value:g}")


@RULES.rule("set", "SetSwitch sets the lowest or the highest value", each=_ids)
def _set(switch: Device, number: int) -> None:
    low, high, step = _writable(switch, number)
    for state, value in ((True, high), (False, low)):
        _set_slowly(switch, "SetSwitch", Id=number, State=state)
        expect(switch.read("GetSwitch", Id=number) == state, f"GetSwitch {not state}", expected=f"GetSwitch {state}")
        _expect_value(switch, number, value=value, step=step)


@RULES.rule("set-value", "SetSwitchValue sets the ends and the middle, and they are read back", each=_ids)
def _set_value(switch: Device, number: int) -> None:
    low, high, step = _writable(switch, number)
    middle = low + round((high - low) / step / 2) * step
    for value in (high, middle, low):
        _set_slowly(switch, "SetSwitchValue", Id=number, Value=value)
        _expect_value(switch, number, value=value, step=step)


@RULES.rule("outside", "a value outside the range is refused: 0x401", each=_ids)
def _outside(switch: Device, number: int) -> None:
    low, high, step = _writable(switch, number)
    for value in (low - step, high + step):
        switch.refused("SetSwitchValue", INVALID_VALUE, Id=number, Value=value)


@RULES.rule("rename", "a name can be set and read back, or it is 0x400", each=_ids)
def _rename(switch: Device, number: int) -> None:
    before = switch.read("GetSwitchName", Id=number)
    if switch.put_error("SetSwitchName", Id=number, Name="hostsim") == NOT_IMPLEMENTED:
        raise NotApplicableError("names cannot be set")
    seen = switch.read("GetSwitchName", Id=number)
    switch.put("SetSwitchName", Id=number, Name=before)
    expect(seen == "hostsim", shown(seen), expected="'hostsim'")


def _need_async(switch: Device, number: int) -> None:
    switch.need_true("CanWrite", Id=number)
    switch.need_true("CanAsync", Id=number)


@RULES.rule("no-async", "without CanAsync the asynchronous members are not implemented: 0x400", each=_ids, version=3)
def _no_async(switch: Device, number: int) -> None:
    if switch.read("CanAsync", Id=number):
        raise NotApplicableError("CanAsync is true")
    switch.refused("SetAsync", NOT_IMPLEMENTED, Id=number, State=False)
    switch.refused("SetAsyncValue", NOT_IMPLEMENTED, Id=number, Value=switch.read("MinSwitchValue", Id=number))


@RULES.rule(
    "async", "SetAsync returns at once, StateChangeComplete tells when the value is there", each=_ids, version=3
)
def _async(switch: Device, number: int) -> None:
    _need_async(switch, number)
    for state in (True, False):
        switch.put("SetAsync", Id=number, State=state)
        done, seen = switch.read("StateChangeComplete", Id=number), switch.read("GetSwitch", Id=number)
        expect(
            not done or seen == state, f"complete, with GetSwitch {seen}", expected=f"complete when GetSwitch {state}"
        )
        switch.wait(lambda: bool(switch.read("StateChangeComplete", Id=number)), "StateChangeComplete is true")
        seen = switch.read("GetSwitch", Id=number)
        expect(seen == state, f"GetSwitch {seen}", expected=f"GetSwitch {state}")


@RULES.rule("async-value", "SetAsyncValue ends with the value that was set", each=_ids, version=3)
def _async_value(switch: Device, number: int) -> None:
    _need_async(switch, number)
    low, high, step = _limits(switch, number)
    for value in (high, low):
        switch.put("SetAsyncValue", Id=number, Value=value)
        switch.wait(lambda: bool(switch.read("StateChangeComplete", Id=number)), "StateChangeComplete is true")
        _expect_value(switch, number, value=value, step=step)


@RULES.rule(
    "cancel", "after CancelAsync, StateChangeComplete answers error 0x40E, or the change was over", each=_ids, version=3
)
def _cancel(switch: Device, number: int) -> str:
    _need_async(switch, number)
    switch.put("SetAsync", Id=number, State=True)
    error = switch.put_error("CancelAsync", Id=number)
    if error in (NOT_IMPLEMENTED, INVALID_OPERATION):
        raise NotApplicableError(f"CancelAsync: error {error:#x}")
    number_seen = switch.error("StateChangeComplete", Id=number)
    if number_seen == 0 and switch.read("StateChangeComplete", Id=number):
        seen = switch.read("GetSwitch", Id=number)
        expect(seen, "complete, without the change and without an error", expected="error 0x40E, or the change done")
        return "the change was over"
    expect(number_seen == _CANCELLED, f"error {number_seen:#x}", expected="error 0x40E")
    return "error 0x40E"


def _set_slowly(switch: Device, name: str, **parameters: object) -> None:
    # The synchronous methods of a switch may take as long as the change does.
    error = switch.put_error(name, **parameters)
    expect(error == 0, f"{name}: error {error:#x}", expected=f"{name} succeeds")
