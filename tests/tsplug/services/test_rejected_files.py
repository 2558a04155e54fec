"""Files of rejected frames leave the stacking tree and come back, whatever happens in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from frame_to_move import Frame, Killed, KilledAfterMove, KilledBeforeMove

from tsplug.errors import FileError, InputError, OutOfReachError
from tsplug.files.frames import DiskFrames
from tsplug.model import AcquiredImage, FileMove, GraderPreferences, GradingStatus, MoveState, Profile
from tsplug.ports import FrameStatus
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.doctor import examine, mend
from tsplug.services.rejected_files import RejectedFiles, moved_files
from tsplug.testing.clock import START

ACCEPTED, REJECTED = GradingStatus.ACCEPTED, GradingStatus.REJECTED


def test_a_rejected_frame_leaves_and_comes_back_when_it_is_accepted(tmp_path: Path) -> None:
    """The stored path follows both ways, and the journal tells of them."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)
    [moved] = frame.files.follow(["g"])
    assert moved.to_file == str(tmp_path / "lights" / "rejected" / "1.fits") == frame.image.file
    assert frame.path.read_bytes() == b"pixels"
    assert not frame.saved.exists()
    assert frame.files.follow(["g"]) == []
    frame.become(ACCEPTED)
    frame.files.follow(["g"])
    assert frame.path == frame.saved
    assert frame.saved.read_bytes() == b"pixels"
    [move] = moved_files(frame.store)
    assert (move.state, move.returned_at) == (MoveState.RETURNED, START)


def test_undo_brings_a_rejected_frame_back(tmp_path: Path) -> None:
    """The grade stands; the file is where it was saved, until the image is rejected anew."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)
    frame.files.follow(["g"])
    assert [each.guid for each in frame.files.undo()] == ["g"]
    assert (frame.path, frame.image.status) == (frame.saved, REJECTED)
    assert frame.files.undo() == []


def test_an_archive_outside_the_tree_mirrors_the_way_to_the_frame(tmp_path: Path) -> None:
    """No two frames of one name meet there."""
    archive = tmp_path / "archive"
    frame = Frame(tmp_path, rejected_dir=str(archive))
    frame.become(REJECTED)
    frame.files.follow(["g"])
    assert frame.path == archive / frame.saved.relative_to("/")


def test_a_relative_archive_of_an_older_store_moves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be below whatever folder the program was started in; one line says what to set."""
    monkeypatch.chdir(tmp_path)
    frame = Frame(tmp_path, rejected_dir="archive")
    frame.become(REJECTED)
    [told] = frame.files.follow(["g"])
    assert "no absolute path here; set grader.rejected_dir to one" in told.problem
    assert (frame.path, frame.saved.exists(), moved_files(frame.store)) == (frame.saved, True, [])


@pytest.mark.parametrize("folder", ["archive", "~/archive", "./archive", "D:archive"])
def test_a_relative_archive_is_refused(tmp_path: Path, folder: str) -> None:
    """An archive is one place, wherever a program is started."""
    frame = Frame(tmp_path)
    with pytest.raises(InputError, match=r"grader.rejected_dir: must be an absolute path like /data/rejected"):
        edit_record(Request("profile", "1", (f"grader.rejected_dir={folder}",)), frame.store, clock=frame.clock)


@pytest.mark.parametrize("folder", ["/data/rejected", "D:\\rejected", ""])
def test_an_absolute_archive_is_taken(tmp_path: Path, folder: str) -> None:
    """Of whatever system: rigs of several may share a store."""
    frame = Frame(tmp_path, rejected_dir="/before")
    row = edit_record(Request("profile", "1", (f"grader.rejected_dir={folder}",)), frame.store, clock=frame.clock)
    assert row["grader"]["rejected_dir"] == folder


def test_without_the_preference_files_stay(tmp_path: Path) -> None:
    """Moving is asked for, never assumed."""
    frame = Frame(tmp_path)
    with frame.store.write() as unit:
        rig = unit.list(Profile)[0]
        rig.grader = GraderPreferences()
        unit.update(rig)
    frame.become(REJECTED)
    assert frame.files.follow(["g"]) == []
    assert frame.saved.exists()


def test_another_file_is_never_overwritten(tmp_path: Path) -> None:
    """Where the name is taken both files stay as they are, and one line says so; the grade stands."""
    frame = Frame(tmp_path)
    taken = tmp_path / "lights" / "rejected" / "1.fits"
    taken.parent.mkdir()
    taken.write_bytes(b"another")
    frame.become(REJECTED)
    [told] = frame.files.follow(["g"])
    assert told.problem == f"{taken} is there already; {frame.saved} stays where it is"
    assert (taken.read_bytes(), frame.saved.read_bytes(), frame.path) == (b"another", b"pixels", frame.saved)
    assert moved_files(frame.store) == []
    assert frame.image.status is REJECTED


class FullDisk(DiskFrames):
    def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
        assert begin is not None
        begin()
        raise FileError(f"{source} cannot be moved to {target}: No space left on device")


def test_a_full_disk_is_one_line_and_the_grade_stands(tmp_path: Path) -> None:
    """The file stays, the record says where, nothing is left half done."""
    frame = Frame(tmp_path, FullDisk())
    frame.become(REJECTED)
    [told] = frame.files.follow(["g"])
    assert told.problem.endswith("No space left on device")
    assert (frame.path, frame.image.status, moved_files(frame.store)) == (frame.saved, REJECTED, [])


@pytest.mark.parametrize("way_back", [False, True])
def test_a_move_of_which_only_the_answer_was_lost_is_noted(tmp_path: Path, way_back: bool) -> None:
    """The file lies where it was to go; the record says so."""

    class Unanswered(DiskFrames):
        def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
            super().move(source, target, begin=begin)
            raise OutOfReachError("the connection was reset")

    frame = Frame(tmp_path)
    frame.become(REJECTED)
    if way_back:
        frame.files.follow(["g"])
        frame.become(ACCEPTED)
    [told] = RejectedFiles(frame.store, Unanswered(), clock=frame.clock).follow(["g"])
    assert (told.problem, list(tmp_path.rglob("*.fits"))) == ("", [frame.path])
    assert (frame.path == frame.saved) is way_back
    assert [move.state for move in moved_files(frame.store)] == [MoveState.RETURNED if way_back else MoveState.MOVED]


@pytest.mark.parametrize("is_away", [False, True])
def test_a_return_that_fails_can_be_made_again(tmp_path: Path, is_away: bool) -> None:
    """The file is told as moved still; where its disk is away it is left to who settles what was cut off."""

    class Away(FullDisk):
        def status(self, file: Path) -> FrameStatus:
            return FrameStatus(exists=True, problem="Host is down", out_of_reach=is_away)

    frame = Frame(tmp_path)
    frame.become(REJECTED)
    frame.files.follow(["g"])
    frame.become(ACCEPTED)
    [told] = RejectedFiles(frame.store, Away(), clock=frame.clock).follow(["g"])
    assert "No space left on device" in told.problem
    assert [move.state for move in moved_files(frame.store)] == [MoveState.RETURNING if is_away else MoveState.MOVED]
    frame.files.follow(["g"])
    assert list(tmp_path.rglob("*.fits")) == [frame.saved] == [frame.path]


class KilledBetweenNames(DiskFrames):
    def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
        assert begin is not None
        begin()
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target)
        raise Killed


class KilledAfterCopy(DiskFrames):
    def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
        assert begin is not None
        begin()
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        raise Killed


DEATHS = pytest.mark.parametrize("death", [KilledAfterMove, KilledBeforeMove, KilledBetweenNames, KilledAfterCopy])


@DEATHS
def test_the_next_start_heals_a_move_that_was_cut_off(tmp_path: Path, death: type[DiskFrames]) -> None:
    """Wherever it was cut, afterwards the record names the one file there is, and the move can be made."""
    frame = Frame(tmp_path, death())
    frame.become(REJECTED)
    with pytest.raises(Killed):
        frame.files.follow(["g"])
    frame.files = RejectedFiles(frame.store, DiskFrames(), clock=frame.clock)
    assert frame.files.settle() == 1
    assert list(tmp_path.rglob("*.fits")) == [frame.path]
    frame.files.follow(["g"])
    assert frame.path == tmp_path / "lights" / "rejected" / "1.fits"
    assert frame.path.read_bytes() == b"pixels"


@DEATHS
def test_the_next_start_heals_a_return_that_was_cut_off(tmp_path: Path, death: type[DiskFrames]) -> None:
    """The way back is journalled as the way out is."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)
    frame.files.follow(["g"])
    with pytest.raises(Killed):
        RejectedFiles(frame.store, death(), clock=frame.clock).undo()
    frame.files.undo()
    assert list(tmp_path.rglob("*.fits")) == [frame.saved] == [frame.path]


ASTRAY = "the files of rejected frames lie where their rig wants them, and no others do"


class Whole(DiskFrames):
    """Takes any file for a frame."""

    def status(self, file: Path) -> Any:
        found = super().status(file)
        return type(found)(exists=found.exists)


def found_astray(frame: Frame) -> tuple[int, int]:
    """Return how many files the doctor finds out of place: as problems, and as what may be meant."""
    found = examine(frame.store, Whole())
    return tuple(sum(each.invariant == ASTRAY for each in them) for them in (found.problems, found.warnings))  # type: ignore[return-value]


def test_the_doctor_brings_an_accepted_frame_back_from_the_rejected(tmp_path: Path) -> None:
    """Nothing else would: it is found, moved where its name is free, and else told with the reason."""
    frame = Frame(tmp_path, Whole())
    frame.become(REJECTED)
    frame.files.follow(["g"])
    frame.become(ACCEPTED)
    assert found_astray(frame) == (1, 0)
    frame.saved.write_bytes(b"another")
    stayed = mend(frame.store, Whole(), clock=frame.clock)
    assert [each.found for each in stayed.warnings if "can be moved" in each.invariant] == [
        f"{frame.saved} is there already; {frame.path} stays where it is; `tsplug grade moved 1 --undo` brings it back"
    ]
    frame.saved.unlink()
    mended = mend(frame.store, Whole(), clock=frame.clock)
    assert f"image 1: its file is {frame.saved}" in mended.mended
    assert (found_astray(frame), frame.path.read_bytes()) == ((0, 0), b"pixels")


def test_the_doctor_moves_a_rejected_frame_away_that_nobody_put_there(tmp_path: Path) -> None:
    """One that was brought back by hand stays; one that was rejected anew since does not."""
    frame = Frame(tmp_path, Whole())
    frame.become(REJECTED)
    assert found_astray(frame) == (0, 1)
    mend(frame.store, Whole(), clock=frame.clock)
    assert (found_astray(frame), frame.path.parent.name) == ((0, 0), "rejected")
    frame.clock.advance(1)
    frame.files.undo()
    assert (found_astray(frame), frame.path) == ((0, 0), frame.saved)
    with frame.store.write() as unit:
        unit.delete_all(FileMove)
        moved = tmp_path / "lights" / "rejected" / "1.fits"
        frame.saved.rename(moved)
        unit.set_all(AcquiredImage, {"file": str(moved)})
    assert found_astray(frame) == (0, 0)


def test_the_doctor_knows_what_was_cut_off(tmp_path: Path) -> None:
    """It tells of the move, and --fix notes where the file is."""
    frame = Frame(tmp_path, KilledAfterMove())
    frame.become(REJECTED)
    with pytest.raises(Killed):
        frame.files.follow(["g"])

    invariant = "a move of a rejected file came to its end"
    assert invariant in {problem.invariant for problem in examine(frame.store, Whole()).problems}
    mend(frame.store, Whole(), clock=frame.clock)
    assert invariant not in {problem.invariant for problem in examine(frame.store, Whole()).problems}
    with frame.store.read() as unit:
        assert unit.list(FileMove)[0].state is MoveState.MOVED
    assert frame.path.exists()
