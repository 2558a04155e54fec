"""Keeps the state of the night on disk: wholly the old one or wholly the new one, whenever the power goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from hostsim.sequence.state import VERSION, NightState
from tsplug import FileError, InputError
from tsplug.ports import Clock


class Snapshots(Protocol):
    """Simulated devices, whose state belongs to the night's."""

    def snapshot(self) -> dict[str, Any]:
        """Return the state of every device as JSON values."""
        ...

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Take up a state."""
        ...


class Journal:
    """The state of the night, and the file it is kept in."""

    def __init__(self, file: Path, state: NightState, *, clock: Clock, simulators: Snapshots | None = None) -> None:
        """Keep ``state`` in ``file``; nothing is written before `save`."""
        self.state = state
        self._file = file
        self._clock = clock
        self._simulators = simulators

    def save(self) -> None:
        """Write the state as it is now, with the clock and the simulated devices.

        Raises:
            FileError: the disk is full or the folder cannot be written.
        """
        # In this order: restored devices make up for time that passed since their snapshot, but cannot go back.
        if self._simulators is not None:
            self.state.simulators = self._simulators.snapshot()
        self.state.moment = self._clock.now()
        try:
            _write(self._file, self.state.model_dump_json())
        except OSError as error:
            raise FileError(f"{self._file}: the night's state cannot be kept ({error}): make room") from error


def load_state(file: Path) -> NightState | None:
    """Return the state kept in a file, None where there is none.

    Raises:
        InputError: the file is of another version, or no such state.
        FileError: it cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{file}: the night's state cannot be read ({error})") from error
    try:
        state = NightState.model_validate_json(text)
    except ValidationError as error:
        raise InputError(f"{file}: not the state of a night of this hostsim: choose another --out") from error
    if state.version != VERSION:
        raise InputError(f"{file}: kept by another hostsim (version {state.version}): choose another --out")
    return state


def _write(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.part")
    with part.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
