"""A context for tests: the surroundings of a hook call, made of fakes and whatever a test gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tsplug.errors import Cancelled, FileError
from tsplug.model import Address, FramePlace
from tsplug.ports import Clock, Devices, FrameFiles, FramePixels, FrameStatus, Store


@dataclass
class RecordingProgress:
    """Keeps what was reported: message, done, total."""

    reports: list[tuple[str, int | None, int | None]] = field(default_factory=list)

    def report(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
        """Keep a report."""
        self.reports.append((message, done, total))


@dataclass
class CountingCancellation:
    """Stops after so many checks; never with None."""

    after: int | None = None
    checks: int = 0

    def check(self) -> None:
        """Count a check.

        Raises:
            Cancelled: the checks allowed are used up.
        """
        self.checks += 1
        if self.after is not None and self.checks > self.after:
            raise Cancelled("a stop was asked for")


class PresentFiles:
    """Files on disk that are whole when they exist; their pixels are not read."""

    def read(self, file: FramePlace, *, to_measure: bool = False) -> FramePixels:
        """Refuse to read.

        Raises:
            FileError: always.
        """
        raise FileError(f"{file}: these files cannot be read; give the context real ones")

    def status(self, file: FramePlace) -> FrameStatus:
        """Say whether a file is there."""
        there = _on_disk(file).exists()
        return FrameStatus(exists=there, problem="" if there else "missing")

    def move(self, source: FramePlace, target: FramePlace, *, begin: Callable[[], None] | None = None) -> None:
        """Move a file.

        Raises:
            FileError: it is not there, or another has that name.
        """
        here, there = _on_disk(source), _on_disk(target)
        if not here.exists() or there.exists():
            raise FileError(f"{source} cannot be moved to {target}")
        there.parent.mkdir(parents=True, exist_ok=True)
        if begin is not None:
            begin()
        here.rename(there)

    def is_at_rest(self, file: FramePlace) -> bool:
        """Return True: nobody else is at these files."""
        return True

    def same(self, one: FramePlace, other: FramePlace) -> bool:
        """Return whether two names are those of one file."""
        return _on_disk(one).samefile(_on_disk(other))

    def of_one_frame(self, one: FramePlace, other: FramePlace) -> bool:
        """Return whether two files hold the same."""
        return _on_disk(one).read_bytes() == _on_disk(other).read_bytes()

    def is_frame_of(self, file: FramePlace, header: bytes) -> bool | None:
        """Return None: nobody can tell."""
        return None

    def remove_copy(self, file: FramePlace, *, of: FramePlace) -> bool:
        """Remove one of two files that hold the same."""
        here, there = _on_disk(file), _on_disk(of)
        same = here.exists() and there.exists() and here.read_bytes() == there.read_bytes()
        if same:
            here.unlink()
        return same

    def remove_name(self, file: FramePlace) -> None:
        """Take one of several names from a file."""
        _on_disk(file).unlink(missing_ok=True)


def _on_disk(file: FramePlace) -> Path:
    if isinstance(file, Address):
        raise FileError(f"{file}: these files are on disk; give the context real ones")
    return file


@dataclass
class FakeContext:
    """What a hook receives, for tests: give a store, a clock and devices; the rest has quiet defaults."""

    store: Store
    clock: Clock
    devices: Devices
    files: FrameFiles = field(default_factory=PresentFiles)
    progress: RecordingProgress = field(default_factory=RecordingProgress)
    cancellation: CountingCancellation = field(default_factory=CountingCancellation)
