"""Which recorded flats are on disk now: frames are deleted and moved by hand, and the records do not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsplug.model import FlatSetFile, frame_place
from tsplug.ports import FrameFiles


@dataclass(frozen=True)
class SetOnDisk:
    """The recorded frames of a flat set by name, in the order given: those on disk, and those that are not there."""

    set_id: int
    there: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def told(self, *, due: str) -> str:
        """Return how many frames are gone and what mends it, empty where none is.

        Args:
            due: what the doctor makes due again, as the line calls it.
        """
        count = len(self.gone)
        if not count:
            return ""
        is_there, them = ("is", "it") if count == 1 else ("are", "them")
        amount = f"{count} of {count + len(self.there)} frames of set {self.set_id}"
        return f"{amount} {is_there} not on disk: restore {them}, or tsplug doctor --fix makes {due} due again"


class FlatsOnDisk:
    """Looks for the frames of flat sets, of each set once: many sessions share one."""

    def __init__(self, files: FrameFiles) -> None:
        """Take what says whether a frame is there."""
        self._files = files
        self._seen: dict[int, SetOnDisk] = {}

    def of(self, recorded: Sequence[FlatSetFile]) -> SetOnDisk:
        """Return which of all recorded frames of one set are there; none of a set without frames."""
        if not recorded:
            return SetOnDisk(0)
        set_id = recorded[0].flat_set_id
        if set_id not in self._seen:
            there = {file.file: self._files.status(frame_place(file.file)).exists for file in recorded}
            gone = tuple(name for name, exists in there.items() if not exists)
            self._seen[set_id] = SetOnDisk(set_id, tuple(name for name, exists in there.items() if exists), gone)
        return self._seen[set_id]
