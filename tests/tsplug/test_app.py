from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from pipeline_frames import star_frame

from tsplug.app import SystemClock, default_store_url, frame_files, open_store, system_clock
from tsplug.model import Site
from tsplug.ports import FrameStatus
from tsplug.testing import ManualClock


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TSPLUG_DB", "TSPLUG_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_store_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """TSPLUG_DB names the store for all commands."""
    monkeypatch.setenv("TSPLUG_DB", "sqlite:///night.sqlite")
    assert default_store_url() == "sqlite:///night.sqlite"


def test_store_lies_in_the_data_folder_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a setting the store is a file in the user's data folder; asking where makes nothing."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Path(default_store_url()) == tmp_path / "tsplug" / "tsplug.sqlite"
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_opened_at_an_address(tmp_path: Path) -> None:
    """A plain path is a file, made where it is missing, with every table in it."""
    store = open_store(str(tmp_path / "tsplug.sqlite"), ManualClock())
    with store.read() as unit:
        assert unit.list(Site) == []


def test_system_clock_is_aware_and_moves_on() -> None:
    """The clock of this machine tells UTC and lets time pass, none for a negative span."""
    clock = system_clock()
    before = clock.now()
    clock.sleep(0.01)
    clock.sleep(-5)
    assert isinstance(clock, SystemClock)
    assert before.tzinfo is UTC
    assert 0.01 <= (clock.now() - before).total_seconds() < 5


def test_frames_are_read_as_fits(tmp_path: Path) -> None:
    """Frames on disk are FITS files; what is none is told."""
    frame, text = star_frame(tmp_path / "a.fits"), tmp_path / "b.fits"
    text.write_text("no frame")
    assert frame_files().status(frame) == FrameStatus(exists=True)
    assert frame_files().status(text).problem
