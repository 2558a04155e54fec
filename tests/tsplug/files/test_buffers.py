"""What is in the making goes with the process that makes it, also where that is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tsplug.errors import FileError
from tsplug.files.buffers import Buffers

_CLAIM = """
import sys, time, pathlib
from tsplug.files.buffers import Buffers
with Buffers(pathlib.Path(sys.argv[1])).claimed() as folder:
    (folder / "half").write_bytes(b"x")
    print(folder, flush=True)
    time.sleep(1000)
"""


def test_a_buffer_goes_with_its_use(tmp_path: Path) -> None:
    """A buffer is a folder of its own, which goes with all in it; nobody takes it away before."""
    buffers = Buffers(tmp_path / "buffers")
    assert buffers.sweep() == 0
    with buffers.claimed() as one, buffers.claimed() as other:
        (one / "half").write_bytes(b"x")
        assert one != other
        assert buffers.sweep() == 0
        assert (one / "half").exists()
    assert list((tmp_path / "buffers").iterdir()) == []


def test_buffers_of_the_dead_are_swept(tmp_path: Path) -> None:
    """What a killed process leaves is removed by the next sweep, and not before it is dead."""
    buffers = Buffers(tmp_path)
    process = subprocess.Popen([sys.executable, "-c", _CLAIM, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert (folder.exists(), buffers.sweep()) == (True, 0)
    process.kill()
    process.communicate()
    assert (buffers.sweep(), folder.exists()) == (1, False)


def test_a_folder_without_a_lock_is_swept(tmp_path: Path) -> None:
    """A process may be killed before it has locked its folder, which is empty then; what is no buffer is left alone."""
    (tmp_path / "bare").mkdir()
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "file").write_bytes(b"x")
    assert Buffers(tmp_path).sweep() == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["else"]


def test_a_buffer_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Where no folder can be made, the error names it."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileError, match="cannot be made"), Buffers(tmp_path / "file").claimed():
        pass
