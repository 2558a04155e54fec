"""Verdicts are read and written as rows, and are the same verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tsplug.errors import StoreError
from tsplug.model import AcquiredImage, Band, Verdict, VerdictStatus
from tsplug.model.json_text import decoded
from tsplug.ports import Store, Unit, VerdictRow
from tsplug.store.database import SqlStore, transaction
from tsplug.testing import stocked_store, store_light

AT = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
ROW = VerdictRow(None, 1, "criteria", "1", VerdictStatus.REJECT, 61.0, Band.D, "Grade D < B", '{"rows":[1.5,null]}')


@pytest.fixture
def store() -> Store:
    """Return the small catalogue with a light of M 42."""
    stocked = stocked_store()
    store_light(stocked, "M 42", filter_name="L", started=datetime(2026, 1, 15, 20, tzinfo=UTC))
    return stocked


def rows_of(unit: Unit) -> Sequence[VerdictRow]:
    """Return the rows of the light's plan."""
    return unit.verdict_rows([unit.get(AcquiredImage, 1).plan_id or 0])


@pytest.mark.both_databases
def test_rows_and_records_are_the_same_verdicts(store: Store) -> None:
    """A row that was written is a record, comes back as a row, and another one takes its place by its id."""
    with store.write() as unit:
        unit.write_verdict_rows([ROW, replace(ROW, grader="statistical", score=None, band=None)], at=AT)
        (row, _), (record, _) = rows_of(unit), unit.list(Verdict)
        assert (row.inputs, replace(row, id=None)) == (ROW.inputs, ROW)
        assert (record.band, record.judged_at, record.inputs) == (Band.D, AT, decoded(ROW.inputs))
        unit.write_verdict_rows([replace(row, status=VerdictStatus.ACCEPT, band=Band.A, inputs="{}")], at=AT)
        changed = unit.get(Verdict, 1)
        assert (changed.status, changed.inputs) == (VerdictStatus.ACCEPT, {})
        assert unit.verdict_rows([99]) == unit.verdict_rows([]) == []


@pytest.mark.both_databases
def test_a_record_comes_back_as_a_row(store: Store) -> None:
    """Its inputs are JSON text, and numbers that are not finite were left out of it."""
    with store.write() as unit:
        said = {"grader": "trails", "version": "2", "status": VerdictStatus.ABSTAIN, "reason": "dark"}
        unit.add(Verdict(image_id=1, judged_at=AT, inputs={"lines": [1, 2], "worst": math.nan}, **said))
        (row,) = rows_of(unit)
    assert (row.grader, row.status, row.score, decoded(row.inputs)) == (
        "trails",
        said["status"],
        None,
        {"lines": [1, 2]},
    )


def test_a_spoilt_row_is_told_of() -> None:
    """A status that there is not is no verdict, and a unit that only reads writes none."""
    store = stocked_store()
    store_light(store, "M 42", filter_name="L", started=datetime(2026, 1, 15, 20, tzinfo=UTC))
    with store.write() as unit:
        unit.write_verdict_rows([ROW], at=AT)
    assert isinstance(store, SqlStore)
    with transaction(store._engine, writable=True) as connection:
        connection.exec_driver_sql("UPDATE verdict SET status = 'so-so'")
    with store.read() as unit:
        with pytest.raises(StoreError, match="Verdict 1 is spoilt: 'so-so' is unknown; see `tsplug doctor`"):
            rows_of(unit)
        with pytest.raises(StoreError, match="only reads"):
            unit.write_verdict_rows([ROW], at=AT)
