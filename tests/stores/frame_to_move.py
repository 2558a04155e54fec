"""A recorded frame whose file is moved, and processes that end while they move it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tsplug.files.frames import DiskFrames
from tsplug.model import AcquiredImage, GraderPreferences, GradingStatus, Profile, StatusChange
from tsplug.services.rejected_files import RejectedFiles
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.clock import START, ManualClock


class Killed(BaseException):
    """The process ends here."""


class Frame:
    """One recorded frame with its file, and what moves it."""

    def __init__(self, folder: Path, files: DiskFrames | None = None, **preferences: Any) -> None:
        self.clock = ManualClock()
        self.store = stocked_store(self.clock)
        self.saved = folder / "lights" / "1.fits"
        self.saved.parent.mkdir(parents=True)
        self.saved.write_bytes(b"pixels")
        with self.store.write() as unit:
            rig = unit.list(Profile)[0]
            rig.grader = GraderPreferences(move_rejected=True, **preferences)
            unit.update(rig)
            self.id = unit.add_image(
                AcquiredImage(
                    guid="g",
                    profile_id=rig.id,
                    profile_name=rig.name,
                    project_name="p",
                    target_name="t",
                    filter_name="L",
                    file=str(self.saved),
                    started=START,
                    acquired=START,
                    exposure_s=60,
                )
            ).id
        self.files = RejectedFiles(self.store, files or DiskFrames(), clock=self.clock)

    @property
    def image(self) -> AcquiredImage:
        with self.store.read() as unit:
            return unit.get(AcquiredImage, self.id or 0)

    @property
    def path(self) -> Path:
        return Path(self.image.file)

    def become(self, status: GradingStatus) -> None:
        """Change the status, without telling the files."""
        image = self.image
        with self.store.write() as unit:
            change = StatusChange(
                image_id=self.id or 0, from_status=image.status, to_status=status, by="test", at=START
            )
            unit.set_status(image, change)


class KilledBeforeMove(DiskFrames):
    def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
        assert begin is not None
        begin()
        raise Killed


class KilledAfterMove(DiskFrames):
    def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
        super().move(source, target, begin=begin)
        raise Killed
