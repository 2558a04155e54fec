from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tsplug.app import frame_files, open_store, verify_frame
from tsplug.errors import StoreError
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    GradingStatus,
    Project,
    StatusChange,
)
from tsplug.ports import Store, Unit
from tsplug.services import doctor_ledger
from tsplug.services.catalogue import load_catalogue
from tsplug.services.doctor import Examination, examine, mend
from tsplug.testing import ManualClock, first_catalogue

pytestmark = pytest.mark.both_databases

CLOCK = ManualClock()
NOW = CLOCK.now()
PENDING = GradingStatus.PENDING


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a store, one light and one flat set of three frames, all as it should be."""
    store = open_store(str(tmp_path / "store.sqlite"), CLOCK)
    load_catalogue(first_catalogue(), store, clock=CLOCK)
    with store.write() as unit:
        add_light(unit, frame(tmp_path / "light.fits"))
        add_flats(unit, [frame(tmp_path / f"flat{number}.fits") for number in (1, 2, 3)])
    store.close()
    return tmp_path


def frame(file: Path) -> Path:
    fits.PrimaryHDU(np.zeros((4, 4), np.uint16)).writeto(file)
    return file


def add_light(unit: Unit, file: Path) -> None:
    names = {"profile_name": "Refractor", "project_name": "Nebulae", "target_name": "M 42", "filter_name": "Ha"}
    image = AcquiredImage(plan_id=1, target_id=1, file=str(file), started=NOW, acquired=NOW, exposure_s=300, **names)
    stored = unit.add_image(image)
    unit.add(StatusChange(image_id=stored.id or 0, from_status=None, to_status=PENDING, by="tsplug", at=NOW))


def add_flats(unit: Unit, files: list[Path]) -> None:
    flats = unit.add(
        FlatSet(
            profile_id=1,
            filter_name="Ha",
            brightness=100,
            exposure_s=2,
            wanted=len(files),
            night=date(2026, 1, 15),
            state=FlatSetState.COMPLETE,
            started=NOW,
        )
    )
    key = flats.id or 0
    for number, file in enumerate(files, 1):
        unit.add(FlatSetFile(flat_set_id=key, guid=f"f{number}", number=number, file=str(file), taken_at=NOW))
    unit.add(
        FlatHistory(
            profile_id=1,
            target_id=1,
            target_name="M 42",
            project_name="Nebulae",
            session_date=date(2026, 1, 15),
            session_id=1,
            filter_name="Ha",
            flat_set_id=key,
            taken_at=NOW,
        )
    )


def opened(folder: Path) -> Store:
    return open_store(str(folder / "store.sqlite"), CLOCK)


def examined(folder: Path) -> Examination:
    return examine(opened(folder), frame_files())


def break_with(folder: Path, statement: str) -> None:
    """Change the database behind the store's back, as a fault or another program would."""
    with closing(sqlite3.connect(folder / "store.sqlite")) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)


def test_sound_store_has_no_problems(folder: Path) -> None:
    """A store whose rows and files agree is checked through and through, and found sound."""
    found = examined(folder)
    assert found.problems == ()
    assert found.checked >= 2 * 7 + 1 + 1 + 1 + 1 + 3


@pytest.mark.parametrize(
    ("statement", "invariant", "subject", "expected"),
    [
        ("UPDATE exposure_plan SET acquired = 5 WHERE id = 1", "acquired equals", "plan 1", "1"),
        ("UPDATE exposure_plan SET accepted = 1 WHERE id = 2", "accepted equals", "plan 2", "0"),
        ("UPDATE acquired_image SET status = 'accepted'", "accepted equals", "plan 1", "1"),
        ("UPDATE acquired_image SET status = 'rejected'", "audit trail leads", "image 1", "rejected"),
        ("DELETE FROM status_change", "audit trail leads", "image 1", "pending"),
        (
            "DELETE FROM flat_set_file WHERE number = 2",
            "flat set that serves",
            "flat set 1",
            "a complete set of 3 frames",
        ),
        (
            "UPDATE flat_set SET state = 'interrupted'",
            "flat set that serves",
            "flat set 1",
            "a complete set of 3 frames",
        ),
        ("DELETE FROM flat_set", "references lead", "FlatHistory 1", "a flat_set"),
        ("DELETE FROM acquired_image", "references lead", "StatusChange 1", "a acquired_image"),
        ("DELETE FROM exposure_template WHERE id = 5", "references lead", "ExposurePlan 1", "a exposure_template"),
        ("UPDATE acquired_image SET target_id = 99", "existed once", "image 1", "1 to 3, or none"),
        ("UPDATE acquired_image SET plan_id = -1", "existed once", "image 1", "1 to 7, or none"),
        ("UPDATE flat_history SET target_id = 99", "existed once", "flat history 1", "1 to 3"),
        ("UPDATE flat_history SET gain = 7", "flats of its own settings", "flat history 1", "gain 7"),
        (
            "UPDATE acquired_image SET acquired = '2026-01-01 00:00:00'",
            "an exposure ends after",
            "image 1",
            f"{NOW.isoformat()} or later",
        ),
        (
            "INSERT INTO thumbnail VALUES (1, 1, '', 'image/jpeg', 8, 6, 'jpeg')",
            "a thumbnail is a picture",
            "thumbnail 1 of image 1",
            "image/jpeg, 8 x 6",
        ),
        (
            """UPDATE target SET override_order = '[{"action": "exposure", "plan_guid": "other"}]' WHERE id = 2""",
            "an order of exposures",
            "target 2",
            "plans of the target",
        ),
        (
            """UPDATE project SET rule_weights = '{"Percent Complete": 150}' WHERE id = 1""",
            "every field holds what it may",
            "Project 1",
            "a valid rule_weights",
        ),
        ("UPDATE status_change SET to_status = 'good'", "every field holds", "StatusChange 1", "a valid to_status"),
        ("INSERT INTO contribution VALUES (1, 1, 1)", "only other profiles", "Contribution 1", "another profile"),
        ("INSERT INTO lease VALUES (1, 99, 1, '', '2026-01-01')", "references lead", "Lease 1", "a exposure_plan"),
        (
            "INSERT INTO criteria_row VALUES (1, 9, 'hfr', 1, 'lower_is_better', 1, 5, 10, 0, 20, NULL)",
            "references lead",
            "CriteriaRow 1",
            "a criteria_set",
        ),
        (
            "UPDATE target SET guid = (SELECT upper(guid) FROM target WHERE id = 1) WHERE id = 2",
            "same guid",
            "Target 2",
            "a guid of its own",
        ),
    ],
)
def test_broken_row_is_found(folder: Path, statement: str, invariant: str, subject: str, expected: str) -> None:
    """Each invariant that a changed row breaks is named with its subject and what was expected."""
    break_with(folder, statement)
    problems = examined(folder).problems
    assert any(
        invariant in each.invariant and each.subject.startswith(subject) and each.expected == expected and each.fix
        for each in problems
    ), problems


def test_weak_references_may_dangle(folder: Path) -> None:
    """An image whose plan, target and project are gone is no problem: it keeps their names."""
    store = opened(folder)
    with store.write() as unit:
        unit.delete(unit.get(ExposurePlan, 1))
    assert examine(store, frame_files()).problems == ()


def test_more_flats_than_wanted_are_no_problem(folder: Path) -> None:
    """A set resumed by a run that wants fewer keeps all its frames, and its sessions keep their flats."""
    break_with(folder, "UPDATE flat_set SET wanted = 2")
    store = opened(folder)
    assert mend(store, frame_files(), clock=CLOCK).problems == ()
    with store.read() as unit:
        assert len(unit.list(FlatHistory)) == 1


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:2890])


@pytest.mark.parametrize(
    ("harm", "name", "found"),
    [
        (Path.unlink, "light.fits", "missing"),
        (truncate, "light.fits", "truncated"),
        (Path.unlink, "flat2.fits", "missing"),
    ],
)
def test_lost_file_is_found(folder: Path, harm: Callable[[Path], object], name: str, found: str) -> None:
    """A light or flat that is no longer on disk, or not whole, is named with its path."""
    harm(folder / name)
    (problem,) = examined(folder).problems
    assert f"{folder / name}: {found}" in problem.found
    assert "is on disk and readable" in problem.invariant


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exposure_plan SET acquired = 5, accepted = 3",
        "UPDATE acquired_image SET status = 'accepted'",
        "DELETE FROM status_change",
        "DELETE FROM acquired_image",
        "UPDATE flat_set SET state = 'flagged'",
        "DELETE FROM flat_set",
        "DELETE FROM flat_set_file WHERE number = 2",
        "DELETE FROM flat_set_file",
        "UPDATE acquired_image SET target_id = 99, profile_id = 99, project_id = 99",
        "UPDATE flat_history SET target_id = 99",
        "UPDATE flat_history SET gain = 7",
        "UPDATE acquired_image SET acquired = '2026-01-01 00:00:00'",
        "INSERT INTO thumbnail VALUES (1, 1, '', 'image/jpeg', 8, 6, 'jpeg')",
        """UPDATE target SET override_order = '[{"action": "exposure", "plan_guid": "other"}]' WHERE id = 2""",
        """UPDATE project SET rule_weights = '{"Percent Complete": 150, "Project Priority": 20}' WHERE id = 1""",
        "INSERT INTO contribution VALUES (1, 1, 1)",
        "INSERT INTO lease VALUES (1, 99, 1, '', '2026-01-01')",
        "INSERT INTO job_step VALUES (1, 9, 'stars', 'done', 1.0, '')",
        "INSERT INTO settled_plan VALUES (1, 99, '', 0, 0, '{}')",
    ],
)
def test_mended_store_is_sound(folder: Path, statement: str) -> None:
    """What a changed row broke is mended, and mending again changes nothing."""
    break_with(folder, statement)
    store = opened(folder)
    assert examine(store, frame_files()).problems != ()
    assert mend(store, frame_files(), clock=CLOCK).problems == ()
    assert mend(store, frame_files(), clock=CLOCK).problems == ()


def test_mending_counts_again(folder: Path) -> None:
    """Counters follow the rows, and a counter that was right stays."""
    break_with(folder, "UPDATE exposure_plan SET acquired = 5, accepted = 3")
    store = opened(folder)
    mend(store, frame_files(), clock=CLOCK)
    with store.read() as unit:
        assert [(plan.acquired, plan.accepted) for plan in unit.list(ExposurePlan)] == [(1, 0)] + [(0, 0)] * 6


@pytest.mark.parametrize(("lost", "state"), [((2,), FlatSetState.INTERRUPTED), ((1, 2, 3), FlatSetState.REVOKED)])
def test_lost_flats_make_their_session_due_again(folder: Path, lost: tuple[int, ...], state: FlatSetState) -> None:
    """A set that lost frames leaves its light sessions without flats, and remembers what is still there."""
    for number in lost:
        (folder / f"flat{number}.fits").unlink()
    store = opened(folder)
    assert mend(store, frame_files(), clock=CLOCK).problems == ()
    with store.read() as unit:
        assert (unit.list(FlatHistory), unit.get(FlatSet, 1).state) == ([], state)
        assert len(unit.list(FlatSetFile)) == 3 - len(lost)


def test_lost_light_is_left_to_the_user(folder: Path) -> None:
    """A missing light cannot be mended: its record and count stay, and it is still named."""
    (folder / "light.fits").unlink()
    store = opened(folder)
    assert len(mend(store, frame_files(), clock=CLOCK).problems) == 1
    with store.read() as unit:
        assert (len(unit.list(AcquiredImage)), unit.get(ExposurePlan, 1).acquired) == (1, 1)


def test_mending_tells_what_it_did_and_keeps_a_copy(folder: Path) -> None:
    """Each thing mended is a line, and beside the store lies a copy of it as it was."""
    break_with(folder, "UPDATE exposure_plan SET acquired = 5 WHERE id = 1")
    mended = mend(opened(folder), frame_files(), clock=CLOCK)
    assert mended.mended == ("plan 1: acquired 5 -> 1, accepted 0 -> 0",)
    copy = Path(mended.copy_kept)
    assert copy.name == f"store-before-fix-{NOW:%Y%m%dT%H%M%S}.sqlite"
    kept = open_store(str(copy), CLOCK, keep_copy=False)
    with kept.read() as unit:
        assert unit.get(ExposurePlan, 1).acquired == 5
    kept.close()


def test_a_sound_store_is_neither_copied_nor_written(folder: Path) -> None:
    """Mending what needs no mending leaves no copy."""
    before = (folder / "store.sqlite").read_bytes()
    mended = mend(opened(folder), frame_files(), clock=CLOCK)
    assert (mended.mended, mended.copy_kept) == ((), "")
    assert (folder / "store.sqlite").read_bytes() == before
    assert not list(folder.glob("*before-fix*"))


@pytest.mark.parametrize(
    ("statement", "invariant"),
    [
        ("UPDATE exposure_template SET filter_name = 'U' WHERE id = 1", "filter of a template"),
        ("UPDATE acquired_image SET started = '2030-01-01', acquired = '2030-01-02'", "in the future"),
        (
            "INSERT INTO status_change (id, image_id, from_status, to_status, by, why, at)"
            " VALUES (7, 1, 'accepted', 'pending', 'user', '', '2026-01-15 20:00:00')",
            "every line of the audit trail",
        ),
    ],
)
def test_what_may_be_meant_is_a_warning(folder: Path, statement: str, invariant: str) -> None:
    """Odd things that break no invariant are told apart from problems."""
    break_with(folder, statement)
    found = examine(opened(folder), frame_files(), clock=CLOCK)
    assert found.problems == ()
    assert [invariant in each.invariant for each in found.warnings] == [True]


def test_a_changed_frame_is_found_when_frames_are_read_whole(folder: Path) -> None:
    """A frame whose pixels changed after it was saved looks sound from outside; its checksum tells."""
    file = folder / "light.fits"
    fits.PrimaryHDU(np.arange(16, dtype=np.uint16).reshape(4, 4)).writeto(file, checksum=True, overwrite=True)
    store = opened(folder)
    assert examine(store, frame_files(), look=verify_frame).problems == ()
    data = bytearray(file.read_bytes())
    data[2880 * (len(data) // 2880 - 1)] ^= 0x55
    file.write_bytes(data)
    assert examine(store, frame_files()).problems == ()
    (problem,) = examine(store, frame_files(), look=verify_frame).problems
    assert "DATASUM of part 0 is wrong" in problem.found


def test_many_problems_of_a_kind_are_counted_and_not_all_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a limit only the number of further problems is told, and mending still mends all."""
    monkeypatch.setattr(doctor_ledger, "MOST_TOLD", 2)
    break_with(folder, "UPDATE exposure_plan SET acquired = 9")
    store = opened(folder)
    found = examine(store, frame_files()).problems
    assert [each.subject for each in found][2:] == ["and 5 more"]
    assert mend(store, frame_files(), clock=CLOCK).problems == ()


def test_a_spoilt_record_is_one_clear_line(folder: Path) -> None:
    """Reading a record that holds what it may not is told with its field, and where to look further."""
    break_with(folder, """UPDATE project SET rule_weights = '{"Percent Complete": 150}' WHERE id = 1""")
    with opened(folder).read() as unit, pytest.raises(StoreError, match=r"Project 1 is spoilt: rule_weights .* doctor"):
        unit.get(Project, 1)
