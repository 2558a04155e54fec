"""Sets the frames of flagged flat sets aside: under names that no stacking program takes for flats.

A frame's new name is recorded before the file gets it, and a set is finished when all its frames have theirs: where a
crash comes in between, the next run goes on from there.
"""

from __future__ import annotations

from pathlib import Path

from tsplug.errors import FileError
from tsplug.model import FlatSet, FlatSetFile, FlatSetState
from tsplug.ports import Clock, FrameFiles, Store

ENDING = ".flagged"
"""What follows the name of a flagged frame; a number follows where that name is taken."""


class FlaggedFrames:
    """The frames of flagged sets on their way out of sight."""

    def __init__(self, store: Store, files: FrameFiles, *, clock: Clock) -> None:
        """Take where frames are recorded, what renames them, and what tells the time."""
        self._store = store
        self._files = files
        self._clock = clock

    def set_aside(self, flat_set: FlatSet) -> None:
        """Rename the frames of a flagged set; one that cannot be renamed stays, and the set's message tells why."""
        with self._store.read() as unit:
            frames = unit.list(FlatSetFile, flat_set_id=flat_set.id)
        problems = [self._set_aside(frame) for frame in frames]
        flat_set.message = "; ".join([flat_set.message, *filter(None, problems)])
        flat_set.finished = self._clock.now()
        with self._store.write() as unit:
            unit.update(flat_set)

    def settle(self, profile_id: int) -> None:
        """Set aside what a run of a profile that did not come to its end has flagged and left lying."""
        with self._store.read() as unit:
            unfinished = unit.list(FlatSet, profile_id=profile_id, state=FlatSetState.FLAGGED, finished=None)
        for flat_set in unfinished:
            self.set_aside(flat_set)

    def _set_aside(self, frame: FlatSetFile) -> str:
        """Rename a frame; return why it cannot be, empty if it was or had been, or is not there."""
        source, target = self._names(frame)
        if not self._files.status(source).exists:
            return ""
        if self._files.status(target).exists:
            if self._files.same(source, target):
                # It stopped between giving the second name and taking the first.
                self._files.remove_name(source)
            return ""
        self._record(frame, target)
        try:
            self._files.move(source, target)
        except FileError as error:
            self._record(frame, source)
            return f"its frame stays among the flats: {error}"
        return ""

    def _names(self, frame: FlatSetFile) -> tuple[Path, Path]:
        """Return the name that a frame was saved under, and the one that it is to have or was to have already."""
        file = Path(frame.file)
        before, ending, _ = file.name.rpartition(ENDING)
        if ending:
            return file.with_name(before), file
        number, target = 1, file.with_name(file.name + ENDING)
        while self._files.status(target).exists:
            number += 1
            target = file.with_name(f"{file.name}{ENDING}{number}")
        return file, target

    def _record(self, frame: FlatSetFile, file: Path) -> None:
        if frame.file != str(file):
            frame.file = str(file)
            with self._store.write() as unit:
                unit.update(frame)
