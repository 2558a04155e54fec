"""Files of rejected frames that one process moves while another looks at them, or that were cut off elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from frame_to_move import Frame, Killed, KilledBeforeMove

from tsplug.files.frames import DiskFrames
from tsplug.model import AcquiredImage, FileMove, GradingStatus, MoveState
from tsplug.ports import FrameStatus
from tsplug.services.doctor import examine, mend
from tsplug.services.rejected_files import RejectedFiles, moved_files

ACCEPTED, REJECTED = GradingStatus.ACCEPTED, GradingStatus.REJECTED
ENDED = "a move of a rejected file came to its end"


class Elsewhere(DiskFrames):
    """A machine that does not have the disk."""

    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=False, problem="missing")

    def is_at_rest(self, file: Path) -> bool:
        return True


@pytest.mark.parametrize("way_back", [False, True])
def test_a_machine_without_the_disk_leaves_what_was_cut_off(tmp_path: Path, way_back: bool) -> None:
    """It cannot tell where the file is; the journal line stays for one that can, and the doctor says so."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)
    if way_back:
        frame.files.follow(["g"])
        frame.become(ACCEPTED)
    with pytest.raises(Killed):
        RejectedFiles(frame.store, KilledBeforeMove(), clock=frame.clock).follow(["g"])
    before = moved_files(frame.store), frame.image.file
    elsewhere = RejectedFiles(frame.store, Elsewhere(), clock=frame.clock)
    frame.clock.advance(3600)
    assert elsewhere.settle() == 0
    [told] = elsewhere.follow(["g"])
    assert "is another machine's" in told.problem
    mend(frame.store, Elsewhere(), clock=frame.clock)
    assert (moved_files(frame.store), frame.image.file) == before
    assert (
        "on a machine with its disk"
        in {each.invariant: each.fix for each in examine(frame.store, Elsewhere()).problems}[ENDED]
    )
    assert frame.path.exists()
    assert frame.files.settle() == 1


class Watched(DiskFrames):
    """Lets somebody act at moments of a move: when it is journalled, and when it is made and not yet noted."""

    def __init__(self, *, begun: Callable[[], object] = bool, made: Callable[[], object] = bool) -> None:
        super().__init__()
        self._begun, self._made = begun, made

    def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
        def begin_and_tell() -> None:
            assert begin is not None
            begin()
            self._begun()

        super().move(source, target, begin=begin_and_tell if begin else None)
        self._made()


@pytest.mark.parametrize("way_back", [False, True])
def test_a_move_that_goes_on_is_left_alone_by_others(tmp_path: Path, way_back: bool) -> None:
    """Who settles while another moves changes nothing, nor moves the file; what is done is noted once."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)
    if way_back:
        frame.files.follow(["g"])
        frame.become(ACCEPTED)
    told: list[object] = []

    def begun() -> None:
        told.append(frame.files.settle())
        told.append([each.problem.partition(": ")[2][:20] for each in frame.files.follow(["g"])])

    files = Watched(begun=begun, made=lambda: told.append(frame.files.settle()))
    [moved] = RejectedFiles(frame.store, files, clock=frame.clock).follow(["g"])
    assert (told, moved.problem) == ([0, ["its move to " + str(tmp_path)[:8]], 1], "")
    [line] = moved_files(frame.store)
    assert line.state is (MoveState.RETURNED if way_back else MoveState.MOVED)
    assert frame.image.file == moved.to_file
    assert list(tmp_path.rglob("*.fits")) == [frame.path]


def test_a_move_is_noted_though_its_journal_line_went(tmp_path: Path) -> None:
    """The record names the file where it is, and it comes back; nothing is raised into who grades."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)

    def forget() -> None:
        with frame.store.write() as unit:
            unit.delete_all(FileMove)

    [moved] = RejectedFiles(frame.store, Watched(made=forget), clock=frame.clock).follow(["g"])
    assert (moved.problem, frame.path) == ("", tmp_path / "lights" / "rejected" / "1.fits")
    frame.files.undo()
    assert (frame.path, frame.saved.exists()) == (frame.saved, True)
    with frame.store.write() as unit:
        unit.delete_all(FileMove)

    def purge() -> None:
        forget()
        with frame.store.write() as unit:
            unit.delete_all(AcquiredImage)

    [moved] = RejectedFiles(frame.store, Watched(made=purge), clock=frame.clock).follow(["g"])
    assert (moved.problem, Path(moved.to_file).exists(), moved_files(frame.store)) == ("", True, [])


def test_a_file_that_another_took_elsewhere_before_the_note_is_his(tmp_path: Path) -> None:
    """A late note says nothing of a file that came back meanwhile."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)
    RejectedFiles(frame.store, Watched(made=frame.files.undo), clock=frame.clock).follow(["g"])
    assert (moved_files(frame.store)[0].state, frame.path) == (MoveState.RETURNED, frame.saved)
    assert frame.saved.exists()


def test_of_two_who_move_one_file_the_later_is_told(tmp_path: Path) -> None:
    """On a disk without locks too: the journal has one line, and the file one way."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)
    frame.files.follow(["g"])
    problems: list[str] = []

    class Late(DiskFrames):
        def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
            assert begin is not None
            frame.files.follow(["g"])
            begin()

    for turn in range(2):
        if turn:
            frame.become(ACCEPTED)
        else:
            frame.files.undo()
        late = RejectedFiles(frame.store, Late(), clock=frame.clock)
        problems += [each.problem for each in late.follow(["g"])]
    assert [each.partition(": ")[2].partition(";")[0] for each in problems] == ["another process moves it already"] * 2
    assert [move.state for move in moved_files(frame.store)] == [MoveState.RETURNED, MoveState.RETURNED]
    assert frame.saved.exists()


def test_where_nobody_knows_locks_what_was_cut_off_is_settled_later(tmp_path: Path) -> None:
    """Nobody can tell it from a move that goes on, until that could go on no more."""

    class Lockless(DiskFrames):
        def is_at_rest(self, file: Path) -> bool:
            return False

    frame = Frame(tmp_path, KilledBeforeMove())
    frame.become(REJECTED)
    with pytest.raises(Killed):
        frame.files.follow(["g"])
    files = RejectedFiles(frame.store, Lockless(), clock=frame.clock)
    assert files.settle() == 0
    frame.clock.advance(600)
    assert files.settle() == 1
