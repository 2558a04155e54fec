"""Rejected frames leave the stacking tree, if their rig wants that, and come back when they are no longer rejected.

Each move is journalled before it happens and noted after it: where both sides of a crash disagree, the disk is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from tsplug.errors import FileError
from tsplug.model import (
    AcquiredImage,
    Address,
    FileMove,
    FramePlace,
    GradingStatus,
    MoveState,
    PlanGrades,
    Profile,
    Record,
    StatusChange,
    Value,
    frame_place,
)
from tsplug.ports import Clock, Context, FrameFiles, Store, Unit
from tsplug.services.cut_off_moves import began, end_of, is_at_rest, is_made
from tsplug.services.following import bring_picture, follow, preferences_of
from tsplug.services.preview_places import way_to

R = TypeVar("R", bound=Record)

FOLDER = "rejected"
"""The folder beside a frame that takes it where the rig names no archive, as Target Scheduler has it."""

_REJECTED = GradingStatus.REJECTED
_NOT_REJECTED = (GradingStatus.PENDING, GradingStatus.ACCEPTED)
_OPEN = (MoveState.MOVING, MoveState.RETURNING)
_PART = 5000


class MovedFile(Value):
    """What became of one file: where it was and is, or in ``problem`` why it stays."""

    image_id: int
    guid: str
    from_file: str
    to_file: str
    problem: str = ""


class Way(NamedTuple):
    """Where a file was, and where it is."""

    old: str
    new: str


class RejectedFiles:
    """Moves the files of rejected frames, and moves them back."""

    def __init__(self, store: Store, files: FrameFiles, *, clock: Clock) -> None:
        """Take what is moved, how, and what tells the time."""
        self._store = store
        self._files = files
        self._clock = clock

    def follow(self, guids: Iterable[str]) -> list[MovedFile]:
        """Let the files of images follow their status: rejected ones leave if their rig wants it, others come back.

        What a crash left half done is settled first. A file that cannot be moved is told of, not raised: the grade
        stands, and the file stays where it is.
        """
        return self._follow("guid", sorted(set(guids)))

    def follow_ids(self, ids: Iterable[int]) -> list[MovedFile]:
        """Let the files of images follow their status as `follow` does; the images are named by their ids."""
        return self._follow("id", sorted(set(ids)))

    def follow_all(self, target_ids: Collection[int | None]) -> list[MovedFile]:
        """Let all files of targets follow that lie elsewhere than the status of their images says; see `is_astray`."""
        self.settle()
        with self._store.read() as unit:
            ids = [image.id or 0 for image in astray(unit) if image.target_id in target_ids]
        return self.follow_ids(ids)

    def _follow(self, name: str, chosen: Sequence[str] | Sequence[int]) -> list[MovedFile]:
        self.settle()
        done = self._follow_once(name, chosen)
        went = [each.image_id for each in done if not each.problem]
        # Whoever graded one of them anew while it went saw that it was on its way, and left it to this.
        return [*done, *self._follow_once("id", went)] if went else done

    def _follow_once(self, name: str, chosen: Sequence[str] | Sequence[int]) -> list[MovedFile]:
        with self._store.read() as unit:
            images = list(_among(unit, AcquiredImage, field=name, values=chosen))
            ids = [image.id for image in images]
            lines = _among(unit, FileMove, field="image_id", values=ids, state=[MoveState.MOVED, *_OPEN])
            moved = {move.image_id: move for move in lines}
            profiles = {profile.id: profile for profile in unit.list(Profile)}
            wanted = [_destination(image, profiles.get(image.profile_id)) for image in images]
        done = []
        for image, target in zip(images, wanted, strict=True):
            move = moved.get(image.id or 0)
            if move is not None and move.state in _OPEN:
                done.append(_on_its_way(move))
            elif image.status is not _REJECTED and move is not None:
                done.append(_told_how(self._return(move, accepted=True)))
            elif image.status is _REJECTED and move is None and target is not None:
                done.append(self._move(image, target))
        return done

    def undo(self, guids: Iterable[str] | None = None) -> list[MovedFile]:
        """Bring files back whatever their status: those of some images, or all that are moved."""
        self.settle()
        with self._store.read() as unit:
            moved = unit.list(FileMove, state=MoveState.MOVED)
        chosen = None if guids is None else set(guids)
        return [self._return(move) for move in moved if chosen is None or move.image_guid in chosen]

    def settle(self) -> int:
        """Finish or forget what a crash left between disk and journal; return how much that was.

        A move that goes on is left to who makes it, and one of a disk that this machine does not have to one that does.
        """
        with self._store.read() as unit:
            unfinished = unit.list(FileMove, state=list(_OPEN))
        return sum(self._settle(move) for move in unfinished)

    def _settle(self, move: FileMove) -> bool:
        rests = is_at_rest(move, self._files)
        if is_made(move, rests, now=self._clock.now()):
            return False
        state = end_of(move, self._files, surely=rests is True)
        if state is None:
            return False
        if state is MoveState.RETURNED and move.state is MoveState.MOVING:
            return self._forget(move)
        return self._note(move, state)

    def _move(self, image: AcquiredImage, target: FramePlace) -> MovedFile:
        if _is_absolute(frame_place(image.file)) and not _is_absolute(target):
            # Below whatever folder the program was started in, nobody would find it again.
            problem = f"{image.file}: stays, because {target} is no absolute path here; set grader.rejected_dir to one"
            return MovedFile(
                image_id=image.id or 0, guid=image.guid, from_file=image.file, to_file=image.file, problem=problem
            )
        line = FileMove(
            image_id=image.id or 0,
            image_guid=image.guid,
            from_file=image.file,
            to_file=str(target),
            moved_at=self._clock.now(),
        )
        told = _told(line, image.file, target=str(target))

        def begin() -> None:
            nonlocal line
            with self._store.write() as unit:
                if unit.list(FileMove, image_id=image.id, image_guid=image.guid, state=[MoveState.MOVED, *_OPEN]):
                    raise FileError(f"{image.file}: another process moves it already")
                if unit.find(AcquiredImage, id=image.id, file=image.file, status=_REJECTED) is None:
                    raise FileError(f"{image.file} stays: its grade or its place changed meanwhile")
                line = unit.add(line.model_copy(update={"moved_at": self._clock.now()}))

        try:
            self._files.move(frame_place(image.file), target, begin=begin)
        except FileError as error:
            went = line.id is not None and self._went(image.file, str(target))
            if went is False:
                self._forget(line)
            if not went:
                return told.model_copy(update={"to_file": image.file, "problem": str(error)})
        self._note(line, MoveState.MOVED, is_done=True)
        return told

    def _return(self, move: FileMove, *, accepted: bool = False) -> MovedFile:
        told = _told(move, move.to_file, target=move.from_file)
        began: dict[str, object] = {}

        def begin() -> None:
            values = {"state": MoveState.RETURNING, "returned_at": self._clock.now()}
            with self._store.write() as unit:
                if not unit.set_all(FileMove, values, id=move.id, state=MoveState.MOVED):
                    raise FileError(f"{move.to_file}: another process moves it already")
                if accepted and unit.find(AcquiredImage, id=move.image_id, status=_REJECTED) is not None:
                    raise FileError(f"{move.to_file} stays: its grade changed meanwhile")
            began.update(values)

        try:
            self._files.move(frame_place(move.to_file), frame_place(move.from_file), begin=begin)
        except FileError as error:
            went = bool(began) and self._went(move.to_file, move.from_file)
            if went is False:
                self._stays(move, began)
            if not went:
                return told.model_copy(update={"to_file": move.to_file, "problem": str(error)})
        self._note(move.model_copy(update=began), MoveState.RETURNED, is_done=True)
        return told

    def _went(self, source: str, target: str) -> bool | None:
        """Return whether a file went though its move failed, as where only the answer was lost; None if nobody knows.

        What nobody knows the journal keeps for `settle`.
        """
        here, there = (self._files.status(frame_place(place)) for place in (source, target))
        return None if here.out_of_reach or there.out_of_reach else there.exists and not here.exists

    def _note(self, move: FileMove, state: MoveState, *, is_done: bool = False) -> bool:
        """Write where a file is, in the journal and in all that is stored of it together; its picture comes along.

        Args:
            move: as it was begun.
            state: what has become of it.
            is_done: the file was brought there by this process, so that it is written whatever others made of the
                journal meanwhile, unless they took the file elsewhere.

        Returns:
            Whether it was written.
        """
        to_file = move.to_file if state is MoveState.MOVED else move.from_file
        with self._store.write() as unit:
            line = unit.find(FileMove, id=move.id)
            as_begun = line is not None and line.state is move.state
            if not as_begun and not (is_done and self._files.status(frame_place(to_file)).exists):
                return False
            image, way = note_place(unit, move, state=state, now=self._clock.now())
            preferences = preferences_of(unit, image)
        bring_picture(frame_place(way.old), frame_place(way.new), preferences=preferences, files=self._files)
        return True

    def _stays(self, move: FileMove, began: Mapping[str, object]) -> None:
        """Write that a file is where it was, if it was said to be on its way back."""
        if not began:
            return
        as_before = {"state": move.state, "returned_at": move.returned_at}
        with self._store.write() as unit:
            unit.set_all(FileMove, as_before, id=move.id, **began)

    def _forget(self, move: FileMove) -> bool:
        with self._store.write() as unit:
            return unit.delete_all(FileMove, id=move.id, state=move.state) > 0


def _on_its_way(move: FileMove) -> MovedFile:
    """Return of a file that is on its way, or whose disk is elsewhere, that it is not moved now."""
    problem = (
        f"{move.from_file}: its move to {move.to_file} goes on, or was cut off where the disk is another machine's; "
        "tsplug doctor --fix there moves it to where it belongs"
    )
    told = _told(move, move.from_file, target=move.to_file)
    return told.model_copy(update={"problem": problem})


def _told_how(done: MovedFile) -> MovedFile:
    """Return what became of a file that its status called back, with how to call it again where it did not come."""
    again = f"{done.problem}; `tsplug grade moved {done.image_id} --undo` brings it back"
    return done.model_copy(update={"problem": again}) if done.problem else done


def files_follow(grades: PlanGrades, context: Context) -> PlanGrades:
    """Let the files of images that were just graded follow their status, and tell of those that could not."""
    changed = [grade.image_guid for grade in grades.grades if grade.changed]
    done = RejectedFiles(context.store, context.files, clock=context.clock).follow(changed)
    return grades.model_copy(update={"warnings": tuple(each.problem for each in done if each.problem)})


def note_place(unit: Unit, move: FileMove, *, state: MoveState, now: datetime) -> tuple[AcquiredImage | None, Way]:
    """Write that a file was moved or has returned, and let all that is stored of it follow.

    Returns:
        Its record, and which way it went.
    """
    away = state is MoveState.MOVED
    way = Way(move.from_file, move.to_file) if away else Way(move.to_file, move.from_file)
    line = move.model_copy(update={"state": state, "returned_at": None if away else now})
    image = unit.find(AcquiredImage, id=move.image_id, guid=move.image_guid)
    if unit.find(FileMove, id=move.id) is not None:
        unit.update(line)
    elif image is not None:
        unit.add(line.model_copy(update={"id": None}))
    if image is not None:
        follow(unit, way.old, new=way.new, image=image, went_at=began(move) if away else move.returned_at)
    return image, way


def is_astray(
    image: AcquiredImage, profile: Profile | None, *, move: FileMove | None, rejected_at: datetime | None
) -> bool:
    """Return whether the file of an image lies elsewhere than its status says.

    A file that was brought back by hand since its image was rejected is where somebody wants it.

    Args:
        image: the image.
        profile: its rig.
        move: the last move of its file, if any.
        rejected_at: when it was rejected last.
    """
    if move is not None and move.state in _OPEN:
        return False
    away = move is not None and move.state is MoveState.MOVED
    if image.status is not _REJECTED or away:
        return away and image.status is not _REJECTED
    back = move.returned_at if move is not None else None
    brought_back = back is not None and rejected_at is not None and back >= rejected_at
    return not brought_back and _destination(image, profile) is not None


def astray(unit: Unit) -> list[AcquiredImage]:
    """Return the images whose files lie elsewhere than their status says; see `is_astray`."""
    moves = {move.image_id: move for move in unit.list(FileMove)}
    rigs = {profile.id: profile for profile in unit.list(Profile) if profile.grader.move_rejected}
    moved = [key for key, move in moves.items() if move.state is MoveState.MOVED]
    suspects = {
        image.id or 0: image for image in _among(unit, AcquiredImage, field="id", values=moved, status=_NOT_REJECTED)
    }
    rejected = unit.list(AcquiredImage, status=_REJECTED, profile_id=list(rigs)) if rigs else []
    suspects |= {image.id or 0: image for image in rejected}
    known = [key for key in suspects if key in moves]
    lines = _among(unit, StatusChange, field="image_id", values=known, to_status=_REJECTED)
    trails = {line.image_id: line.at for line in lines}
    return [
        image
        for key, image in sorted(suspects.items())
        if is_astray(image, rigs.get(image.profile_id), move=moves.get(key), rejected_at=trails.get(key))
    ]


def _among(unit: Unit, kind: type[R], *, field: str, values: Sequence[object], **equals: object) -> Iterator[R]:
    """Yield the records of which one field has any of several values: no database takes any number of them at once."""
    for start in range(0, len(values), _PART):
        yield from unit.list(kind, **{field: values[start : start + _PART]}, **equals)


def moved_files(store: Store) -> list[FileMove]:
    """Return the journal, oldest first."""
    with store.read() as unit:
        return unit.list(FileMove)


def _is_absolute(place: FramePlace) -> bool:
    return isinstance(place, Address) or place.is_absolute()


def _destination(image: AcquiredImage, profile: Profile | None) -> FramePlace | None:
    """Return where a rejected frame of this rig goes, None where it stays, or lies there already.

    An archive mirrors the way to the frame, so that no two frames meet there.
    """
    if profile is None or not profile.grader.move_rejected:
        return None
    file = frame_place(image.file)
    if not profile.grader.rejected_dir:
        return None if file.parent.name == FOLDER else file.parent / FOLDER / file.name
    if image.file.startswith(f"{profile.grader.rejected_dir.rstrip('/')}/"):
        return None
    return frame_place(profile.grader.rejected_dir) / way_to(file)


def _told(move: FileMove, source: str, *, target: str) -> MovedFile:
    return MovedFile(image_id=move.image_id, guid=move.image_guid, from_file=source, to_file=target)
