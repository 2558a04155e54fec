"""Tries a catalogue on a store in memory, so that what is wrong with it is known before anything is made."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from hostsim.clock import SimulatedClock
from hostsim.saving.pattern import check_pattern
from hostsim.sequence.nodes import Path
from tsplug import InputError, load_catalogue, open_store

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_PATH = re.compile(r"^([^:]+): (.*)$")


def catalogue_problems(catalogue: dict[str, Any]) -> list[tuple[Path, str]]:
    """Return path within the catalogue and message of what is wrong with it; empty when it can be loaded."""
    clock = SimulatedClock(datetime(2000, 1, 1, tzinfo=UTC))
    store = open_store("sqlite://", clock)
    try:
        load_catalogue(catalogue, store, clock=clock)
    except InputError as error:
        return [_located(part) for part in str(error).splitlines()]
    finally:
        store.close()
    return _pattern_problems(catalogue) + _offset_problems(catalogue["profile"])


def _pattern_problems(catalogue: dict[str, Any]) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for name in ("light_pattern", "flat_pattern"):
        pattern = catalogue["profile"].get(name)
        try:
            check_pattern("$$FRAMENR$$" if pattern is None else pattern)
        except InputError as error:
            found.append((("profile", name), str(error)))
    return found


def _offset_problems(profile: dict[str, Any]) -> list[tuple[Path, str]]:
    filters, offsets = profile.get("filters") or [], profile.get("filter_offsets") or []
    if not offsets or len(offsets) == len(filters):
        return []
    return [(("profile", "filter_offsets"), f"{len(offsets)} focus offsets for {len(filters)} filters: give one each")]


def _located(text: str) -> tuple[Path, str]:
    match = _PATH.match(text)
    if match is None:
        return (), text
    steps = [int(number) if number else name for number, name in _STEP.findall(match[1])]
    return tuple(steps), match[2].removeprefix("Value error, ")
