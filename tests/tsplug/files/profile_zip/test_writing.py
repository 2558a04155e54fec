from __future__ import annotations

from pathlib import Path

import pytest

from tsplug.errors import InputError
from tsplug.files.profile_zip.writing import created


def test_nothing_stays_of_what_failed(tmp_path: Path) -> None:
    """An export that fails leaves the file that was there, and nothing beside it."""
    file = tmp_path / "rig.zip"
    file.write_bytes(b"before")

    def fail() -> None:
        with created(file, force=True) as archive:
            archive.write("targets", [{}])
            raise KeyError("on the way")

    with pytest.raises(KeyError):
        fail()
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_is_replaced_on_request_only(tmp_path: Path) -> None:
    """A file that is there is left alone unless it is to be replaced; a folder and a missing one are no places."""
    file = tmp_path / "rig.zip"
    with created(file) as archive:
        archive.finish({})
    first = file.read_bytes()
    for place, words in ((file, "--force"), (tmp_path, "is a folder"), (tmp_path / "no" / "rig.zip", "does not exist")):
        with pytest.raises(InputError, match=words), created(place):
            pass
    assert file.read_bytes() == first
    with created(file, force=True) as archive:
        archive.write("targets", [{}])
        archive.finish({})
    assert file.read_bytes() != first
