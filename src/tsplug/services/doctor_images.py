"""What must hold of every light: audit trail, times, file, thumbnail, and what it refers to."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from tsplug.imaging.preview import picture_fault
from tsplug.model import (
    AcquiredImage,
    Counter,
    FileMove,
    FramePlace,
    GradingStatus,
    Profile,
    StatusChange,
    Thumbnail,
    frame_place,
)
from tsplug.ports import FrameStatus, Spoilt, Unit
from tsplug.services.doctor_ledger import Ledger, Mend, Problem, every, note_spoilt, pages, unread
from tsplug.services.rejected_files import is_astray

Look = Callable[[FramePlace], FrameStatus]
"""Says whether a file is on disk and whole."""

WEAK = ("profile_id", "project_id", "target_id", "plan_id")


def check_images(unit: Unit, ledger: Ledger, *, look: Look, highest: Mapping[str, int]) -> Tally[tuple[int, Counter]]:
    """Check all images in one pass and return what they count for each plan.

    Args:
        unit: where they are.
        ledger: where findings go.
        look: how a file is looked at.
        highest: the highest id that each field of `WEAK` may hold.
    """
    counts: Tally[tuple[int, Counter]] = Tally()
    rigs = {rig.id: rig for rig in every(unit, Profile, ledger=unread())}
    for page in pages(unit, AcquiredImage, ledger=ledger):
        ids = [image.id or 0 for image in page]
        trails, places = _trails(unit, ids, ledger=ledger), _Places(rigs, _moves(unit, ids))
        for image in page:
            if image.plan_id is not None:
                counts[image.plan_id, Counter.ACQUIRED] += 1
                counts[image.plan_id, Counter.ACCEPTED] += image.status is GradingStatus.ACCEPTED
            _check_trail(image, ledger, trail=trails.get(image.id or 0, []))
            _check_times(image, ledger)
            _check_references(image, ledger, highest=highest)
            problem = _file_problem(image, look)
            ledger.check(problem)
            if problem is None:
                _check_place(image, ledger, among=places, trail=trails.get(image.id or 0, []))
        _check_thumbnails(unit, ids, ledger=ledger)
    return counts


def title_of(image: AcquiredImage) -> str:
    """Return how an image is called in a problem."""
    return f"image {image.id} ({image.target_name}, {image.filter_name}, {image.started:%Y-%m-%d %H:%M:%S})"


def trouble(file: str, look: Look) -> str:
    """Return what is wrong with a file, or nothing."""
    status = look(frame_place(file))
    return "" if status.exists and not status.problem else status.problem or "missing"


def never_existed(value: int | None, highest: int) -> bool:
    """Return whether an id was never given out; one that was may be gone."""
    return value is not None and not 0 < value <= highest


def _trails(unit: Unit, ids: Sequence[int], *, ledger: Ledger) -> Mapping[int, list[StatusChange]]:
    spoilt: list[Spoilt] = []
    trails: defaultdict[int, list[StatusChange]] = defaultdict(list)
    for change in unit.sift(StatusChange, spoilt, image_id=ids):
        trails[change.image_id].append(change)
    note_spoilt(spoilt, ledger)
    return trails


@dataclass(frozen=True)
class _Places:
    """What says where files should be: rigs by id, and the last move of each image's file."""

    rigs: Mapping[int | None, Profile]
    moves: Mapping[int, FileMove]


def _moves(unit: Unit, ids: Sequence[int]) -> Mapping[int, FileMove]:
    return {move.image_id: move for move in unit.sift(FileMove, [], image_id=ids)}


def _check_place(image: AcquiredImage, ledger: Ledger, *, among: _Places, trail: Sequence[StatusChange]) -> None:
    rejected = image.status is GradingStatus.REJECTED
    at = next((line.at for line in reversed(trail) if line.to_status is GradingStatus.REJECTED), None)
    move = among.moves.get(image.id or 0)
    stray = is_astray(image, among.rigs.get(image.profile_id), move=move, rejected_at=at)
    problem = Problem(
        invariant="the files of rejected frames lie where their rig wants them, and no others do",
        subject=title_of(image),
        found=f"{image.status.value}, and its file is {image.file}",
        expected="a place among the rejected" if rejected or move is None else move.from_file,
        fix="tsplug doctor --fix moves it",
    )
    if stray:
        ledger.astray.append(image.id or 0)
    if rejected:
        # What was rejected before its rig wanted that may be meant to stay.
        ledger.warn(problem if stray else None)
    else:
        ledger.check(problem if stray else None)


def _check_trail(image: AcquiredImage, ledger: Ledger, *, trail: Sequence[StatusChange]) -> None:
    steps = " -> ".join(change.to_status.value for change in trail) or "no audit trail"
    whole = bool(trail) and trail[-1].to_status is image.status
    ledger.check(
        None
        if whole
        else Problem(
            invariant="the audit trail leads to the status",
            subject=title_of(image),
            found=steps,
            expected=image.status.value,
            fix="tsplug doctor --fix adds the missing line",
        ),
        mend=None if whole else partial(_add_line, image_id=image.id or 0),
    )
    breaks = [
        f"{before.to_status.value}, then from {'nothing' if after.from_status is None else after.from_status.value}"
        for before, after in pairwise(trail)
        if after.from_status is not before.to_status
    ]
    ledger.warn(
        Problem(
            invariant="every line of the audit trail begins where the one before it ended",
            subject=title_of(image),
            found="; ".join(breaks),
            expected=steps,
            fix="nothing need be done: status and counters follow the last line; a backup may have the missing one",
        )
        if breaks
        else None
    )


def _add_line(unit: Unit, now: datetime, *, image_id: int) -> str:
    image = unit.find(AcquiredImage, id=image_id)
    if image is None:
        return ""
    trail = unit.list(StatusChange, image_id=image_id)
    last = trail[-1].to_status if trail else None
    if last is image.status:
        return ""
    why = "the audit trail did not lead to the status"
    unit.add(StatusChange(image_id=image_id, from_status=last, to_status=image.status, by="doctor", why=why, at=now))
    return f"{title_of(image)}: audit trail led to {image.status.value}"


def _check_times(image: AcquiredImage, ledger: Ledger) -> None:
    backwards = image.acquired < image.started
    ledger.check(
        Problem(
            invariant="an exposure ends after it began",
            subject=title_of(image),
            found=f"ended {image.acquired.isoformat()}",
            expected=f"{image.started.isoformat()} or later",
            fix="tsplug doctor --fix takes its beginning plus its exposure",
        )
        if backwards
        else None,
        mend=partial(_set_end, image_id=image.id or 0),
    )
    ahead = ledger.now is not None and image.started > ledger.now
    ledger.warn(
        Problem(
            invariant="nothing was exposed in the future",
            subject=title_of(image),
            found=f"began {image.started.isoformat()}",
            expected=f"{ledger.now.isoformat() if ledger.now else 'now'} or earlier",
            fix="check the clock of this machine and that of the camera's",
        )
        if ahead
        else None
    )


def _set_end(unit: Unit, _now: datetime, *, image_id: int) -> str:
    image = unit.find(AcquiredImage, id=image_id)
    if image is None or image.acquired >= image.started:
        return ""
    image.acquired = image.started + timedelta(seconds=image.exposure_s)
    unit.update(image)
    return f"{title_of(image)}: ended {image.acquired.isoformat()}"


def _check_references(image: AcquiredImage, ledger: Ledger, *, highest: Mapping[str, int]) -> None:
    for name in WEAK:
        value: int | None = getattr(image, name)
        wrong = never_existed(value, highest[name])
        ledger.check(
            Problem(
                invariant="what a record names existed once",
                subject=title_of(image),
                found=f"{name} {value}, which never was",
                expected=f"1 to {highest[name]}, or none",
                fix="tsplug doctor --fix empties it; the names stay",
            )
            if wrong
            else None,
            mend=partial(_empty, image_id=image.id or 0, name=name) if wrong else None,
        )


def _empty(unit: Unit, _now: datetime, *, image_id: int, name: str) -> str:
    image = unit.find(AcquiredImage, id=image_id)
    if image is None:
        return ""
    setattr(image, name, None)
    unit.update(image)
    return f"{title_of(image)}: {name} emptied"


def _file_problem(image: AcquiredImage, look: Look) -> Problem | None:
    found = trouble(image.file, look)
    if not found:
        return None
    return Problem(
        invariant="the file of a light is on disk and readable",
        subject=title_of(image),
        found=f"{image.file}: {found}",
        expected="a readable frame",
        fix="restore the file, or where it was moved: tsplug images reconcile DIR; the record stays",
    )


def _check_thumbnails(unit: Unit, ids: Sequence[int], *, ledger: Ledger) -> None:
    spoilt: list[Spoilt] = []
    for picture in unit.sift(Thumbnail, spoilt, image_id=ids):
        fault = picture_fault(picture.data)
        ledger.check(
            Problem(
                invariant="a thumbnail is a picture",
                subject=f"thumbnail {picture.id} of image {picture.image_id}",
                found=fault,
                expected=f"{picture.media_type}, {picture.width_px} x {picture.height_px}",
                fix="tsplug doctor --fix removes it",
            )
            if fault
            else None,
            mend=_remove_picture(picture.id or 0) if fault else None,
        )
    note_spoilt(spoilt, ledger)


def _remove_picture(key: int) -> Mend:
    def mend(unit: Unit, _now: datetime) -> str:
        return f"thumbnail {key} removed" if unit.delete_all(Thumbnail, id=key) else ""

    return mend
