"""The state on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hostsim.sequence.host import Host
from hostsim.sequence.journal import load_state
from tsplug import FileError, InputError


def test_the_state_survives(make_host: Callable[[], Host], tmp_path: Path) -> None:
    """What is saved is what is loaded, with the time of the clock, and nothing else is left in the folder."""
    host = make_host()
    host.journal.state.lights = 7
    host.clock.sleep(60)
    host.journal.save()
    assert load_state(tmp_path / "state.json") == host.journal.state
    assert host.journal.state.moment == host.clock.now()
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


def test_no_file_is_no_state(tmp_path: Path) -> None:
    """A folder without a state is the beginning of a night."""
    assert load_state(tmp_path / "state.json") is None


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"version": 99}'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    """What is no state is refused with what to do, not overwritten."""
    file = tmp_path / "state.json"
    file.write_text(text)
    with pytest.raises(InputError, match="choose another --out"):
        load_state(file)


def test_a_lost_folder_is_a_clear_error(make_host: Callable[[], Host], tmp_path: Path) -> None:
    """A state that cannot be written says which file."""
    host = make_host()
    tmp_path.rmdir()
    with pytest.raises(FileError, match=r"state\.json: the night's state cannot be kept"):
        host.journal.save()
