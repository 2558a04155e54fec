"""Frames of this machine's disks into a storage, by hand; what is known of them follows.

Whenever it stops, a frame is whole on disk or in the storage, and the same command goes on: what is in the storage
already is not copied again. The file goes from the disk last, when everything that is stored names its address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tsplug.errors import FileError, NameTakenError
from tsplug.model import (
    UNNAMEABLE,
    AcquiredImage,
    BadFile,
    FrameHeader,
    PipelinePreferences,
    Value,
    frame_place,
    is_nameable,
)
from tsplug.ports import FrameFiles, FrameHeaders, FrameStorage, JobQuery, Store
from tsplug.services.disk_frames import frame_row, record_of
from tsplug.services.following import bring_picture, follow, preferences_of
from tsplug.services.jobs.submitting import OPEN
from tsplug.services.preview_places import preview_place
from tsplug.services.record_claims import Witnesses, is_kept_already, is_of_record, refusal, same_frame
from tsplug.services.storing import name_of_frame


class StoredAway(Value):
    """What became of a frame: where it was and is (or would be), or in ``problem`` why it stays.

    ``note`` says why a record whose identifier it has does not follow.
    """

    file: str
    address: str = ""
    image: int | None = None
    note: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Destination:
    """Where frames go, how they are named there, and whether that is only told."""

    storage: FrameStorage
    pattern: str
    dry_run: bool = False


class StoringAway:
    """Moves frames into a storage."""

    def __init__(self, store: Store | None, files: FrameFiles, *, headers: FrameHeaders, to: Destination) -> None:
        """Take what knows of frames, what reads and removes them, and where they go."""
        self._store = store
        self._files = files
        self._headers = headers
        self._to = to

    def move(self, places: Sequence[Path]) -> Iterator[StoredAway]:
        """Move the frames in and below folders, one after the other; what cannot be moved is told of and stays.

        Raises:
            InputError: a place does not exist.
        """
        for header in self._headers.scan(places):
            file = Path(str(header.file))
            if isinstance(header, BadFile):
                yield StoredAway(file=str(file), problem=f"{file}: {header.reason}")
                continue
            try:
                yield self._move(file, header)
            except FileError as error:
                yield StoredAway(file=str(file), problem=str(error))

    def _move(self, file: Path, header: FrameHeader) -> StoredAway:
        self._check(file)
        name = name_of_frame(header, file.name, pattern=self._to.pattern)
        if self._to.dry_run:
            there = " (something has that name there)" if self._to.storage.has(name) else ""
            return StoredAway(file=str(file), address=f"{name}{there}")
        before = _stamp(file)
        address = self._to.storage.put(file, name)
        if os.path.realpath(address) == os.path.realpath(file):
            return StoredAway(file=str(file), address=address)
        status = self._files.status(frame_place(address))
        if status.problem or not status.exists:
            raise FileError(f"{file} stays: what came of it at {address} is not whole: {status.problem or 'missing'}")
        image, note = self._record(file, header, address=address)
        preferences = self._follow(file, image, address=address, before=before)
        self._put_picture(file, preferences, address=address, name=name)
        self._files.remove_name(file)
        return StoredAway(file=str(file), address=address, image=None if image is None else image.id, note=note)

    def _check(self, file: Path) -> None:
        """Refuse a frame that no record could follow, or that is a link: what it leads to would stay.

        Raises:
            FileError: it is one.
        """
        if not is_nameable(str(file.absolute())):
            raise FileError(f"{file}: {UNNAMEABLE}")
        if file.is_symlink():
            raise FileError(f"{file} stays: it is a link; name the file that it leads to")

    def _record(self, file: Path, header: FrameHeader, *, address: str) -> tuple[AcquiredImage | None, str]:
        """Return the record of a frame, or why that whose identifier it has is not."""
        if self._store is None:
            return None, ""
        with self._store.read() as unit:
            image = record_of(unit, file, guid=frame_row(header)["guid"] or "")
        # Interrupted, the record names the address already.
        if image is None or image.file == address:
            return image, ""
        if is_kept_already(file, image, storage=self._to.storage, files=self._files):
            return None, f"{same_frame(image)}; the record stays with that"
        if is_of_record(file, image, known=Witnesses(self._files, self._headers, self._store)):
            return image, ""
        return None, refusal(image)

    def _follow(
        self, file: Path, image: AcquiredImage | None, *, address: str, before: tuple[int, int]
    ) -> PipelinePreferences:
        """Let all that is stored follow a frame; return how its rig likes frames processed.

        Raises:
            FileError: it is in the queue, or was written to since it was copied.
        """
        if self._store is None:
            return PipelinePreferences()
        with self._store.write() as unit:
            if unit.jobs(JobQuery(files=(str(file.absolute()),), states=OPEN, limit=1)):
                raise FileError(f"{file} stays: it is in the queue of the pipeline; come back when its job has ended")
            if _stamp(file) != before:
                raise FileError(f"{file} stays: it was written to meanwhile; come back when nothing writes to it")
            if not follow(unit, str(file.absolute()), new=address, image=image) and image is not None:
                raise FileError(
                    f"{file} stays: its move to or from the rejected frames goes on or was cut off, which"
                    " tsplug doctor --fix ends; come back then"
                )
            return preferences_of(unit, image)

    def _put_picture(self, file: Path, preferences: PipelinePreferences, *, address: str, name: str) -> None:
        """Bring a picture along; one in a storage that another has the name of stays."""
        place = frame_place(address)
        picture, target = preview_place(file, preferences), preview_place(place, preferences)
        if isinstance(target, Path):
            bring_picture(file, place, preferences=preferences, files=self._files)
        elif picture.is_file():
            with suppress(NameTakenError):
                self._to.storage.put(picture, str(target).removeprefix(address.removesuffix(name)))
                picture.unlink()


def _stamp(file: Path) -> tuple[int, int]:
    told = file.stat()
    return told.st_size, told.st_mtime_ns
