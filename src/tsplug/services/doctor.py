"""Check every invariant of a store against its rows and its files, and mend what can be mended."""

from __future__ import annotations

from datetime import datetime

from tsplug.model import AcquiredImage, CriteriaRow, CriteriaSet, ExposurePlan, Profile, Project, Record, Target
from tsplug.model.wording import counted
from tsplug.ports import Clock, FrameFiles, Store, Unit
from tsplug.services.doctor_catalogue import check_catalogue, check_counters
from tsplug.services.doctor_files import check_moves
from tsplug.services.doctor_flats import check_flats, check_history
from tsplug.services.doctor_images import Look, check_images
from tsplug.services.doctor_ledger import MOST_TOLD, Examination, Ledger, Problem, every
from tsplug.services.doctor_references import check_references, check_work
from tsplug.services.rejected_files import MovedFile, RejectedFiles

__all__ = ["Examination", "Problem", "examine", "mend"]

_NAMED: dict[str, type[Record]] = {
    "profile_id": Profile,
    "project_id": Project,
    "target_id": Target,
    "plan_id": ExposurePlan,
    "image_id": AcquiredImage,
}


def examine(store: Store, files: FrameFiles, *, clock: Clock | None = None, look: Look | None = None) -> Examination:
    """Check every invariant, reading the store in parts, so that the memory needed does not grow with it.

    Args:
        store: what to examine.
        files: what looks at frames on disk.
        clock: what tells what lies in the future; nothing does without it.
        look: looks at frames in place of ``files.status``: `tsplug.app.verify_frame` reads them whole.
    """
    ledger = Ledger(now=clock.now() if clock else None)
    with store.read() as unit:
        _examine(unit, ledger, files=files, look=look or files.status)
    return ledger.examination()


def mend(store: Store, files: FrameFiles, *, clock: Clock, look: Look | None = None) -> Examination:
    """Mend what needs no decision of the user, in one transaction after a copy, and return what is still wrong.

    Counters follow the rows and adjustments. Records that hang on nothing go. Audit trails get a line that leads to the
    status. Flats that are no longer on disk leave their set, whose light sessions become due again. Files of rejected
    frames move to where their rig wants them, and those of others back; no other file is touched.

    Raises:
        StoreUnavailableError: no copy of the store could be made; nothing was changed.
    """
    look = look or files.status
    settled = RejectedFiles(store, files, clock=clock).settle()
    ended = (f"{counted(settled, 'cut-off move')} of rejected files came to an end",) if settled else ()
    ledger = Ledger(now=clock.now(), keeps_mends=True)
    # Files are looked at while others may write: nothing slow happens in the writing unit.
    with store.read() as unit:
        _examine(unit, ledger, files=files, look=look)
    if not ledger.mends and not ledger.astray:
        return ledger.examination().model_copy(update={"mended": ended})
    copy = store.keep_copy(f"before-fix-{clock.now():%Y%m%dT%H%M%S}")
    with store.write() as unit:
        done = _mended(unit, ledger, now=clock.now())
    moved = RejectedFiles(store, files, clock=clock).follow_ids(ledger.astray)
    done = (
        *ended,
        *done,
        *(f"image {each.image_id}: its file is {each.to_file}" for each in moved if not each.problem),
    )
    found = examine(store, files, clock=clock, look=look)
    stayed = tuple(_stayed(each) for each in moved if each.problem)
    update = {"mended": done, "copy_kept": "" if copy is None else str(copy), "warnings": (*found.warnings, *stayed)}
    return found.model_copy(update=update)


def _stayed(each: MovedFile) -> Problem:
    return Problem(
        invariant="a file can be moved to where it belongs",
        subject=f"image {each.image_id}",
        found=each.problem,
        expected="",
        fix="see to that, then tsplug doctor --fix again",
    )


def _mended(unit: Unit, ledger: Ledger, *, now: datetime) -> tuple[str, ...]:
    """Mend what an examination found, as far as it still is so, and return what was done, line by line."""
    told: list[str] = []
    number = 0
    for each in ledger.mends:
        if line := each(unit, now):
            number += 1
            if number <= MOST_TOLD:
                told.append(line)
    return (*told, *([f"and {number - MOST_TOLD} more"] if number > MOST_TOLD else []))


def _examine(unit: Unit, ledger: Ledger, *, files: FrameFiles, look: Look) -> None:
    highest = {name: unit.highest_id(kind) for name, kind in _NAMED.items()}
    # Counters last: they are counted again after everything that they count is mended.
    check_references(unit, ledger)
    check_work(unit, ledger, highest=highest)
    counted = check_images(unit, ledger, look=look, highest=highest)
    check_moves(unit, ledger, look=look, files=files)
    check_flats(unit, ledger, look=look)
    check_history(unit, ledger, highest=highest)
    for kind in (CriteriaSet, CriteriaRow):
        for _ in every(unit, kind, ledger=ledger):
            ledger.check()
    check_catalogue(unit, ledger)
    check_counters(unit, ledger, counted=counted)
