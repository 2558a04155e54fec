"""Files of rejected frames that one process moves while another looks at them, or that were cut off elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from frame_to_move import Frame, Killed, KilledAfterMove, KilledBeforeMove

from tsplug.files.frames import DiskFrames
from tsplug.model import AcquiredImage, FileMove, GradingStatus, Job, KeptHeader, MoveState
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


@pytest.mark.parametrize("knows_locks", [True, False])
def test_the_doctor_takes_no_move_that_goes_on_for_cut_off(
    tmp_path: Path, knows_locks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds the file; where the disk knows no locks, it began a moment ago."""
    frame, told = Frame(tmp_path), []
    frame.become(REJECTED)
    if not knows_locks:
        monkeypatch.setattr(DiskFrames, "is_at_rest", lambda self, file: None)

    def look() -> None:
        found = examine(frame.store, DiskFrames(), clock=frame.clock).problems
        told.append([each.invariant for each in found if each.invariant == ENDED])

    class Dying(Watched):
        def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
            super().move(source, target, begin=begin)
            raise Killed

    with pytest.raises(Killed):
        RejectedFiles(frame.store, Dying(begun=look), clock=frame.clock).follow(["g"])
    frame.clock.advance(601)
    look()
    assert told == [[], [ENDED]]


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


def test_a_mover_that_is_stopped_finds_the_file_as_he_left_it(tmp_path: Path) -> None:
    """However long he holds it: nobody else takes one of the two names that it has in that moment."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)

    def settle_next_day() -> None:
        there = tmp_path / "lights" / "rejected" / "1.fits"
        os.link(frame.saved, there)
        frame.clock.advance(86_400)
        assert frame.files.settle() == 0
        assert frame.saved.samefile(there)
        there.unlink()

    RejectedFiles(frame.store, Watched(begun=settle_next_day), clock=frame.clock).follow(["g"])
    assert list(tmp_path.rglob("*.fits")) == [frame.path]


@pytest.mark.parametrize("way_back", [False, True])
def test_where_nobody_knows_locks_a_move_goes_on_as_its_maker_would(tmp_path: Path, way_back: bool) -> None:
    """So that one who comes back after all finds nothing to do, and no name is taken from him that he counts on."""
    frame = Frame(tmp_path)
    frame.become(REJECTED)
    if way_back:
        frame.files.follow(["g"])
        frame.become(ACCEPTED)

    def settle_later() -> None:
        here, there = frame.saved, tmp_path / "lights" / "rejected" / "1.fits"
        os.link(*((there, here) if way_back else (here, there)))
        frame.clock.advance(3600)
        assert RejectedFiles(frame.store, Lockless(), clock=frame.clock).settle() == 1

    class Slow(DiskFrames):
        def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
            assert begin is not None
            begin()
            target.parent.mkdir(exist_ok=True)
            settle_later()
            source.unlink(missing_ok=True)

    RejectedFiles(frame.store, Slow(), clock=frame.clock).follow(["g"])
    assert list(tmp_path.rglob("*.fits")) == [frame.path]
    assert (frame.path == frame.saved) is way_back


@pytest.mark.parametrize("status", [ACCEPTED, REJECTED])
@pytest.mark.parametrize("late", [False, True], ids=["before it is journalled", "while it goes"])
def test_a_grade_that_changes_while_a_file_goes_counts(tmp_path: Path, status: GradingStatus, late: bool) -> None:
    """The file is where its last grade says, whoever gave it; he was told that it was on its way."""
    frame = Frame(tmp_path)
    if status is REJECTED:
        frame.become(REJECTED)
        frame.files.follow(["g"])
        frame.become(ACCEPTED)
    else:
        frame.become(REJECTED)
    turns = iter([status])

    def regrade() -> None:
        for new in turns:
            frame.become(new)
            frame.files.follow(["g"])

    class Waiting(DiskFrames):
        def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
            regrade()
            super().move(source, target, begin=begin)

    files = Watched(begun=regrade) if late else Waiting()
    RejectedFiles(frame.store, files, clock=frame.clock).follow(["g"])
    assert list(tmp_path.rglob("*.fits")) == [frame.path]
    assert (frame.path == frame.saved) is (status is ACCEPTED)


def test_what_came_under_the_old_name_meanwhile_is_another_frames(tmp_path: Path) -> None:
    """Its job and its header stay; those of the frame that left, and of nobody before, go along."""
    frame = Frame(tmp_path, KilledAfterMove())
    old, at = str(frame.saved), frame.clock.now
    frame.become(REJECTED)
    with frame.store.write() as unit:
        jobs = [unit.add(Job(file=old, image_id=each, created_at=at())) for each in (frame.id, None)]
    with pytest.raises(Killed):
        frame.files.follow(["g"])
    frame.clock.advance(60)
    with frame.store.write() as unit:
        jobs.append(unit.add(Job(file=old, created_at=at())))
        unit.add(KeptHeader(file=old, header=b"", kept_at=at()))
    frame.saved.write_bytes(b"another")
    frame.files = RejectedFiles(frame.store, DiskFrames(), clock=frame.clock)
    frame.saved.unlink()
    assert frame.files.settle() == 1
    new = str(frame.path)
    with frame.store.read() as unit:
        assert [unit.get(Job, job.id or 0).file for job in jobs] == [new, new, old]
        assert [kept.file for kept in unit.list(KeptHeader)] == [old]


def test_a_file_that_is_gone_for_a_day_ends_its_move(tmp_path: Path) -> None:
    """The user emptied the folder of the rejected: the doctor tells of the record, and of the move no more."""
    frame = Frame(tmp_path, KilledAfterMove())
    frame.become(REJECTED)
    with pytest.raises(Killed):
        frame.files.follow(["g"])
    (tmp_path / "lights" / "rejected" / "1.fits").unlink()
    for elapsed_s, ended in ((0, False), (86_401, True)):
        frame.clock.advance(elapsed_s)
        mend(frame.store, DiskFrames(), clock=frame.clock)
        invariants = {each.invariant for each in examine(frame.store, DiskFrames(), clock=frame.clock).problems}
        assert (ENDED not in invariants) is ended
    assert frame.path == frame.saved


class Lockless(DiskFrames):
    """A disk that knows no locks."""

    def is_at_rest(self, file: Path) -> bool | None:
        return None


def test_where_nobody_knows_locks_what_was_cut_off_is_settled_later(tmp_path: Path) -> None:
    """Nobody can tell it from a move that goes on, until that could go on no more."""
    frame = Frame(tmp_path, KilledBeforeMove())
    frame.become(REJECTED)
    with pytest.raises(Killed):
        frame.files.follow(["g"])
    files = RejectedFiles(frame.store, Lockless(), clock=frame.clock)
    assert files.settle() == 0
    frame.clock.advance(600)
    assert files.settle() == 1
