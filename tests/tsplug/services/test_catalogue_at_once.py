from __future__ import annotations

import subprocess
import sys

import editor
import pytest
from databases import Database

from tsplug.model import Project
from tsplug.services.catalogue import load_catalogue
from tsplug.store.database import SqlStore
from tsplug.testing import ManualClock, first_catalogue

FIELDS = ("dither_every", "filter_switch_frequency", "horizon_offset_deg", "meridian_window_min")


@pytest.mark.timeout(600)
def test_people_who_edit_one_record_at_once_lose_nothing(database: Database) -> None:
    """Programs that edit different fields of one project at the same time leave the last value of every field."""
    clock = ManualClock()
    store = database.open(clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    with store.write() as unit:
        project = unit.list(Project, name="Nebulae")[0]
        unit.update(project.model_copy(update={"minimum_time_min": 0}))
    assert isinstance(store, SqlStore)
    url = store._engine.url.render_as_string(hide_password=False)
    running = [
        subprocess.Popen([sys.executable, editor.__file__, url, field], stderr=subprocess.PIPE, text=True)
        for field in FIELDS
    ]
    said = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], said
    with store.read() as unit:
        project = unit.get(Project, project.id or 0)
    assert [getattr(project, field) for field in FIELDS] == [10, 10, 10, 10]
