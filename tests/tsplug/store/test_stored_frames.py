"""What is stored of the frames of a plan is known again by a digest, whatever of it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tsplug.model import AcquiredImage, Band, GradingStatus, PierSide, Verdict, VerdictStatus
from tsplug.ports import NightOfRig, Store, Unit
from tsplug.testing import stocked_store, store_light

AT = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)
OTHER: dict[type, Any] = {
    str: "other",
    float: 7.000000000000001,
    int: 7,
    bool: True,
    datetime: AT + timedelta(microseconds=1),
    date: date(2026, 1, 2),
    dict: {"hfr": 2.1},
    list: ["hfr"],
    PierSide: PierSide.EAST,
    VerdictStatus: VerdictStatus.ABSTAIN,
    Band: Band.B,
}
KEPT = {AcquiredImage: {"id", "plan_id", "status", "reject_reason", "manual"}, Verdict: {"id", "image_id"}}
# What `update` leaves alone, or what takes a frame elsewhere.


@pytest.fixture
def store() -> Store:
    """Return the small catalogue with a light of M 42, judged by two graders."""
    stocked = stocked_store()
    store_light(stocked, "M 42", filter_name="L", started=AT, session_date=date(2026, 1, 15))
    with stocked.write() as unit:
        for grader in ("criteria", "trails"):
            unit.add(Verdict(image_id=1, grader=grader, version="1", status=VerdictStatus.ACCEPT, judged_at=AT))
    return stocked


def digest_of(unit: Unit) -> str:
    """Return the digest of the light's plan."""
    plan_id = unit.get(AcquiredImage, 1).plan_id or 0
    return unit.stored_frames([plan_id])[plan_id].digest


def other(record: Any, name: str) -> Any:
    """Return another value for a field: of the type of the one it has, or the first that the field takes."""
    value = getattr(record, name)
    for kind, found in OTHER.items():
        if value is not None and type(value) is not kind:
            continue
        try:
            type(record).model_validate(record.model_dump() | {name: found})
        except ValueError:
            continue
        if found != value:
            return found
    raise AssertionError(f"no other value for {name}")


@pytest.mark.both_databases
@pytest.mark.parametrize(("kind", "count"), [(AcquiredImage, 37), (Verdict, 8)])
def test_every_field_is_told_apart(store: Store, kind: type[Any], count: int) -> None:
    """To the last bit, but for where the file lies."""
    names = [name for name in kind.model_fields if name not in KEPT[kind]]
    assert len(names) == count
    for name in names:
        with store.write() as unit:
            before, record = digest_of(unit), unit.get(kind, 1)
            unit.update(record.model_copy(update={name: other(record, name)}))
            assert (digest_of(unit) == before) is (name == "file"), name
            unit.update(record)
            assert digest_of(unit) == before


@pytest.mark.both_databases
def test_statuses_and_comings_and_goings_are_told_apart(store: Store) -> None:
    """A status, a frame more, a verdict less, an order: none is the other."""
    with store.write() as unit:
        seen = {digest_of(unit)}
        image = unit.get(AcquiredImage, 1)
        unit.update_many(Verdict, [{"id": 1, "inputs": {"text": "'),(\"é"}}])
        seen.add(digest_of(unit))
        unit.delete_all(Verdict, grader="trails")
        seen.add(digest_of(unit))
        unit.add_image(image.model_copy(update={"id": None, "guid": "another", "status": GradingStatus.ACCEPTED}))
        seen.add(digest_of(unit))
        unit.delete_all(AcquiredImage, guid="another")
        seen.add(digest_of(unit))
    assert len(seen) == 4


@pytest.mark.both_databases
def test_nights_and_graders_are_told(store: Store) -> None:
    """Each night of each rig with its last frame; a plan without frames has neither, and another digest."""
    store_light(store, "M 42", filter_name="L", started=AT + timedelta(hours=1), session_date=date(2026, 1, 15))
    store_light(store, "M 42", filter_name="L", started=AT + timedelta(days=9), profile_id=None)
    with store.read() as unit:
        plan_id = unit.get(AcquiredImage, 1).plan_id or 0
        found = unit.stored_frames([plan_id, 99])
    assert found[plan_id].nights == {
        NightOfRig(1, date(2026, 1, 15), AT + timedelta(hours=1)),
        NightOfRig(None, None, AT + timedelta(days=9)),
    }
    assert (found[plan_id].graders, found[99].graders, found[99].nights) == ({"criteria", "trails"}, set(), set())
    assert found[plan_id].digest != found[99].digest
