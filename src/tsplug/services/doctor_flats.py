"""What must hold of flats: sets have their frames, frames are on disk, and history leads to sets that fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from tsplug.model import FlatHistory, FlatSet, FlatSetFile, FlatSetState, FlatsType
from tsplug.ports import Spoilt, Unit
from tsplug.services.doctor_images import Look, never_existed, trouble
from tsplug.services.doctor_ledger import Ledger, Problem, every, note_spoilt, pages

_SAME = ("filter_name", "gain", "offset", "binning", "readout_mode", "roi_percent")
_SAME_DARK = ("gain", "offset", "binning", "readout_mode", "roi_percent")
# Rotation may differ by the tolerance of the run that took the set, and by its class.


def check_flats(unit: Unit, ledger: Ledger, *, look: Look) -> None:
    """Check all flat sets with their files, part by part."""
    for page in pages(unit, FlatSet, ledger=ledger):
        ids = [each.id or 0 for each in page]
        spoilt: list[Spoilt] = []
        frames: dict[int, list[FlatSetFile]] = {key: [] for key in ids}
        for frame in unit.sift(FlatSetFile, spoilt, flat_set_id=ids):
            frames[frame.flat_set_id].append(frame)
        links: dict[int, list[FlatHistory]] = {key: [] for key in ids}
        for link in unit.sift(FlatHistory, spoilt, flat_set_id=ids):
            links[link.flat_set_id or 0].append(link)
        note_spoilt(spoilt, ledger)
        for flats in page:
            key = flats.id or 0
            lost = _check_files(flats, frames[key], ledger=ledger, look=look)
            _check_whole(flats, frames[key], ledger=ledger, serves=bool(links[key]), lost=lost)
            for link in links[key]:
                _check_spec(flats, link, ledger=ledger)


def check_history(unit: Unit, ledger: Ledger, *, highest: Mapping[str, int]) -> None:
    """Check that what flat history names existed once."""
    for link in every(unit, FlatHistory, ledger=ledger):
        for name in ("profile_id", "target_id"):
            value: int = getattr(link, name)
            wrong = never_existed(value, highest[name])
            ledger.check(
                Problem(
                    invariant="what a record names existed once",
                    subject=_title_of(link),
                    found=f"{name} {value}, which never was",
                    expected=f"1 to {highest[name]}",
                    fix="tsplug doctor --fix removes it; its light session becomes due again",
                )
                if wrong
                else None,
                mend=partial(_unlink, link_id=link.id or 0),
            )


def _check_files(flats: FlatSet, frames: list[FlatSetFile], *, ledger: Ledger, look: Look) -> frozenset[int]:
    lost = set()
    for frame in frames:
        found = trouble(frame.file, look)
        if found:
            lost.add(frame.id or 0)
        ledger.check(
            Problem(
                invariant="the file of a flat is on disk and readable",
                subject=f"flat {frame.number} of set {flats.id} ({_light_of(flats)}, {flats.night})",
                found=f"{frame.file}: {found}",
                expected="a readable frame",
                fix="restore the file, or tsplug doctor --fix makes its light sessions due again",
            )
            if found
            else None
        )
    return frozenset(lost)


def _check_whole(
    flats: FlatSet, frames: list[FlatSetFile], *, ledger: Ledger, serves: bool, lost: frozenset[int]
) -> None:
    recorded = len(frames)
    wrong = _is_not_whole(flats, recorded, serves=serves)
    mend = partial(_mend_set, set_id=flats.id or 0, lost=lost) if wrong or lost else None
    ledger.check(
        Problem(
            invariant="a flat set that serves lights has its frames",
            subject=_name_of(flats),
            found=f"{recorded} frames recorded, {flats.state.value}",
            expected=f"a complete set of {flats.wanted} frames",
            fix="tsplug doctor --fix makes its light sessions due again",
        )
        if wrong
        else None,
        mend=mend,
    )
    if mend is not None and not wrong and ledger.keeps_mends:
        ledger.mends.append(mend)


def _is_not_whole(flats: FlatSet, count: int, *, serves: bool) -> bool:
    """Return whether a set claims to be complete, or serves lights, without the frames for it."""
    if flats.state is FlatSetState.COMPLETE:
        return count < flats.wanted
    return serves and flats.state is not FlatSetState.REVOKED


def _mend_set(unit: Unit, _now: datetime, *, set_id: int, lost: frozenset[int]) -> str:
    """Take lost frames from a set and, where that or its state makes it unfit, its light sessions."""
    flats = unit.find(FlatSet, id=set_id)
    if flats is None:
        return ""
    gone = unit.delete_all(FlatSetFile, flat_set_id=set_id, id=sorted(lost)) if lost else 0
    left = unit.count(FlatSetFile, flat_set_id=set_id)
    serves = unit.count(FlatHistory, flat_set_id=set_id) > 0
    if not (gone or _is_not_whole(flats, left, serves=serves)):
        return ""
    due = unit.delete_all(FlatHistory, flat_set_id=set_id)
    if flats.state not in (FlatSetState.REVOKED, FlatSetState.FLAGGED):
        flats.state = FlatSetState.INTERRUPTED if left else FlatSetState.REVOKED
    flats.message = f"{left} of {flats.wanted} frames are on disk"
    unit.update(flats)
    return f"{_name_of(flats)}: {flats.message}, {due} light sessions are due again"


def _check_spec(flats: FlatSet, link: FlatHistory, *, ledger: Ledger) -> None:
    is_dark = flats.flats_type is FlatsType.DARK
    other = [name for name in (_SAME_DARK if is_dark else _SAME) if getattr(link, name) != getattr(flats, name)]
    if not is_dark and (link.rotation_deg is None) is not (flats.rotation_deg is None):
        other.append("rotation_deg")
    if link.profile_id != flats.profile_id:
        other.append("profile_id")
    ledger.check(
        Problem(
            invariant="a light session has flats of its own settings",
            subject=_title_of(link),
            found=", ".join(f"{name} {getattr(flats, name)}" for name in other),
            expected=", ".join(f"{name} {getattr(link, name)}" for name in other),
            fix="tsplug doctor --fix makes the light session due again",
        )
        if other
        else None,
        mend=partial(_unlink, link_id=link.id or 0),
    )


def _unlink(unit: Unit, _now: datetime, *, link_id: int) -> str:
    link = unit.find(FlatHistory, id=link_id)
    if link is None:
        return ""
    unit.delete(link)
    return f"{_title_of(link)} removed: its light session is due again"


def _title_of(link: FlatHistory) -> str:
    return f"flat history {link.id} ({link.target_name}, {link.filter_name}, {link.session_date})"


def _name_of(flats: FlatSet) -> str:
    return f"flat set {flats.id} ({_light_of(flats)}, {flats.night})"


def _light_of(flats: FlatSet) -> str:
    """Return the filter of a set, or that it was taken in the dark, without any."""
    return flats.filter_name or flats.flats_type.value
