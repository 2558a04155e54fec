"""Flagged flats: their frames get names that no stacking program takes for flats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tsplug.errors import FileError
from tsplug.model import FlatSet, FlatSetFile, FlatSetState
from tsplug.testing import Killed
from tsplug.testing.context import PresentFiles

if TYPE_CHECKING:
    from conftest import FlatsRig


class FailingFiles(PresentFiles):
    """Files of which the first move fails: before the frame has its new name, or after it."""

    def __init__(self, error: BaseException, *, moved: bool = False, linked: bool = False) -> None:
        self.error, self.moved, self.linked, self.fails = error, moved, linked, True

    def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
        if not self.fails:
            super().move(source, target)
            return
        self.fails = False
        if self.linked:
            target.hardlink_to(source)
        elif self.moved:
            super().move(source, target)
        raise self.error


def flag(flats_rig: FlatsRig) -> None:
    """Run flats that are far too dim."""
    flats_rig.devices.frames.level = lambda request, brightness: 900.0
    flats_rig.light()
    flats_rig.run()


def names(flats_rig: FlatsRig) -> list[str]:
    """Return the endings of the frames on disk, which must be those on record."""
    files = sorted((Path(frame.file) for frame in flats_rig.all(FlatSetFile)), key=str)
    assert files == sorted(files[0].parent.iterdir(), key=str)
    return [file.name.partition(".")[2] for file in files]


def test_a_flagged_frame_is_no_flat_by_its_name(flats_rig: FlatsRig) -> None:
    """The frame stays on disk beside the flats and on record, with an ending that no program stacks."""
    flag(flats_rig)
    assert names(flats_rig) == ["fits.flagged"]
    (flagged,) = flats_rig.all(FlatSet)
    assert flagged.finished is not None
    flats_rig.run()
    assert names(flats_rig) == ["fits.flagged"] * 2


@pytest.mark.parametrize(("moved", "linked"), [(False, False), (True, False), (False, True)])
def test_a_crash_on_the_way_is_mended_by_the_next_run(moved: bool, linked: bool, flats_rig: FlatsRig) -> None:
    """Wherever it stops, the next run finds frame and record and brings them together."""
    flats_rig.context.files = FailingFiles(Killed(), moved=moved, linked=linked)
    with pytest.raises(Killed):
        flag(flats_rig)
    assert [item.finished for item in flats_rig.all(FlatSet)] == [None]
    flats_rig.run()
    assert names(flats_rig) == ["fits.flagged"] * 2
    assert {item.state for item in flats_rig.all(FlatSet) if item.finished} == {FlatSetState.FLAGGED}


def test_a_frame_that_cannot_be_renamed_stays_and_is_told(flats_rig: FlatsRig) -> None:
    """A disk that refuses costs a word in the set's message; record and file agree."""
    flats_rig.context.files = FailingFiles(FileError("the folder is read-only"))
    flag(flats_rig)
    assert names(flats_rig) == ["fits"]
    (flagged,) = flats_rig.all(FlatSet)
    assert flagged.message.endswith("its frame stays among the flats: the folder is read-only")


def test_a_name_that_is_taken_gets_a_number(flats_rig: FlatsRig) -> None:
    """Patterns that give the same name again each night do not stop it."""
    flag(flats_rig)
    (frame,) = flats_rig.all(FlatSetFile)
    again = Path(frame.file.removesuffix(".flagged"))
    again.write_bytes(b"")
    (flagged,) = flats_rig.all(FlatSet)
    with flats_rig.store.write() as unit:
        frame = FlatSetFile(flat_set_id=flagged.id, guid="again", number=2, file=str(again), taken_at=flagged.started)
        unit.add(frame)
        flagged.finished = None
        unit.update(flagged)
    flats_rig.run()
    assert sorted(names(flats_rig)) == ["fits.flagged", "fits.flagged", "fits.flagged2"]
