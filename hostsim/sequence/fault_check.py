"""Which faults of a sequence can never happen: those of devices that no night uses, and those out of its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hostsim.devices.parts.limits import Fault as Impossible
from hostsim.faults.parts.fault import Fault
from hostsim.faults.parts.schedule import FaultSchedule

_UNUSED = ("dome", "switch")
_LONGEST = timedelta(hours=24)


def impossible_faults(faults: FaultSchedule, start: datetime | None) -> Iterator[Impossible]:
    """Return place and reason of every fault that a night from ``start`` on never sees; None is not known."""
    for index, fault in enumerate(faults):
        yield from (((index, *place), said) for place, said in _of_nothing(fault))
        if start is not None:
            yield from (((index, place), said) for place, said in _out_of_time(fault, start))


def _of_nothing(fault: Fault) -> Iterator[Impossible]:
    if fault.wanted is None:
        return
    kind, number = fault.wanted
    if kind in _UNUSED:
        yield ("device",), f"a night uses no {kind}: nothing would happen"
    elif number > 0:
        yield ("number",), f"{fault.type}: a simulated night has one device of each kind, number 0"


def _out_of_time(fault: Fault, start: datetime) -> Iterator[tuple[str, str]]:
    begins = start + timedelta(seconds=fault.after_s or 0.0) if fault.at is None else fault.at
    place = "after_s" if fault.at is None else "at"
    if begins < start:
        yield place, f"is before the night begins ({start.isoformat()})"
    elif begins - start > _LONGEST:
        yield place, f"is more than 24 h after the night begins ({start.isoformat()})"
