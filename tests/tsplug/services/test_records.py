from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tsplug.services.catalogue_copy import copy_record
from tsplug.services.catalogue_drafts import Request
from tsplug.services.records import Among, record_row, record_rows
from tsplug.testing import ManualClock, stocked_store

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("kind", ["site", "profile", "project", "target", "template", "plan"])
def test_a_list_takes_a_handful_of_queries(kind: str) -> None:
    """The number of queries does not grow with the rows."""
    store = stocked_store()
    counts = []
    for _ in range(2):
        queries: list[Any] = []
        listener = lambda *told: queries.append(told[2])  # noqa: B023, E731 - each round has its own
        event.listen(Engine, "before_cursor_execute", listener)
        rows = record_rows(store, kind)
        event.remove(Engine, "before_cursor_execute", listener)
        counts.append((len(rows), len(queries)))
        if kind != "profile":
            copy_record(Request("site" if kind == "site" else "project", "1"), store, clock=ManualClock())
        if kind == "template":
            copy_record(Request("template", "1"), store, clock=ManualClock())
    assert counts[0][1] == counts[1][1] <= 8


def test_lists_are_narrowed() -> None:
    """A project, target or profile leaves what belongs to it."""
    store = stocked_store()
    assert len(record_rows(store, "plan", among=Among(target="M 42"))) == 2
    assert len(record_rows(store, "plan", among=Among(project="Nebulae"))) == 3
    assert len(record_rows(store, "plan", among=Among(profile="Refractor"))) == 7
    assert [row["name"] for row in record_rows(store, "target", among=Among(project="Galaxies"))] == ["M 81"]


def test_a_record_is_shown_with_what_it_holds() -> None:
    """A target shows its plans, a project its targets."""
    store = stocked_store()
    assert [plan["template"] for plan in record_row(store, "target", name="M 42")["plans"]] == ["Ha", "L"]
    assert [target["name"] for target in record_row(store, "project", name="Nebulae")["targets"]] == ["M 42", "Rosette"]
