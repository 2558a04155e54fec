"""Sweeping up on disks that may not answer: who asked for it goes on after a while, and has leases to renew."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Thread

from tsplug.ports import BufferSweep


class PatientSweep:
    """Sweeps in a thread of its own; while one hangs, nothing else is swept beside its own frame's disk."""

    def __init__(self, sweep: BufferSweep, *, patience_s: float = 5.0) -> None:
        """Take what sweeps, and how long it is waited for, in seconds."""
        self._sweep = sweep
        self._patience_s = patience_s
        self._hanging: dict[Path | None, Thread] = {}

    def __call__(self, file: Path | None = None) -> int:
        """Sweep; see `tsplug.ports.BufferSweep`. What was not waited for counts as nothing."""
        folder = None if file is None else file.parent
        if (hanging := self._hanging.get(folder)) is not None and hanging.is_alive():
            return 0
        swept: list[int] = []

        def sweep() -> None:
            with suppress(OSError):
                swept.append(self._sweep(file))

        thread = Thread(target=sweep, daemon=True, name="sweep")
        thread.start()
        thread.join(self._patience_s)
        self._hanging[folder] = thread
        return sum(swept)
