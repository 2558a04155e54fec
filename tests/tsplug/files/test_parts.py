"""Files in the making are known by their names: whose they are, and whether anybody makes them still."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tsplug.files.parts import ABANDONED_AFTER_S, part_beside, sweep_parts

NOBODY = 2**22 + 1
# More than a system numbers its processes.


def of_process(file: Path, process: int, *, host: str | None = None) -> Path:
    """Return a part as another process would have named it, perhaps of another machine."""
    part = part_beside(file)
    start, _, mark = part.name.removesuffix(".part").rpartition(".")
    own, _, once = mark.split("-")
    return part.with_name(f"{start}.{host or own}-{process}-{once}.part")


def test_no_two_writers_share_a_part(tmp_path: Path) -> None:
    """Each is beside its file, hidden, and another one each time, so that nobody writes into that of another."""
    first, second = part_beside(tmp_path / "a.fits"), part_beside(tmp_path / "a.fits")
    assert first != second
    assert {first.parent, second.parent} == {tmp_path}
    assert first.name.startswith(".a.fits.")


@pytest.mark.parametrize("letter", ["a", "\u5b57", "\U0001f52d", "\udce9"], ids=["ascii", "cjk", "emoji", "no UTF-8"])
def test_a_part_of_a_long_name_can_be_made_and_swept(tmp_path: Path, letter: str) -> None:
    """However many bytes letters take, a part of the longest name there can be has a name that is short enough."""
    file = tmp_path / (letter * (250 // len(os.fsencode(letter))) + ".fit")
    part = of_process(file, NOBODY)
    part.touch()
    assert sweep_parts(file) == 1
    assert list(tmp_path.iterdir()) == []


def test_half_written_files_beside_a_frame_are_swept(tmp_path: Path) -> None:
    """Parts of that frame and its picture go whose process is dead; those of other frames and living processes stay."""
    file = tmp_path / "a.fits"
    picture = of_process(tmp_path / "previews" / "a.fits.jpg", NOBODY)
    picture.parent.mkdir()
    kept = [part_beside(file), of_process(file, 1), of_process(tmp_path / "b.fits", NOBODY), file]
    for part in (of_process(file, NOBODY), picture, *kept):
        part.touch()
    assert sweep_parts(file) == 2
    picture.parent.rmdir()
    assert sorted(tmp_path.iterdir()) == sorted(kept)
    assert sweep_parts(tmp_path / "nowhere" / "a.fits") == 0


def test_what_another_machine_writes_stays(tmp_path: Path) -> None:
    """On a disk that machines share nobody's number tells of another's processes: only what is old is left there."""
    file = tmp_path / "a.fits"
    parts = [of_process(file, NOBODY, host=f"{socket.gethostname()}2"), tmp_path / ".a.fits.odd.part"]
    for part in parts:
        part.touch()
    touched = datetime.fromtimestamp(parts[0].stat().st_mtime, UTC)
    assert (sweep_parts(file), sweep_parts(file, at=touched + timedelta(seconds=ABANDONED_AFTER_S / 2))) == (0, 0)
    assert sweep_parts(file, at=touched + timedelta(seconds=2 * ABANDONED_AFTER_S)) == 2
