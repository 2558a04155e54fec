"""Frames get names from their headers, and their records follow them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from dialects import nina
from frame_files import fits_file, write
from pipeline_frames import star_frame
from shots import Shot, utc

from tsplug.app import frame_files, frame_headers
from tsplug.app_jobs import frame_storage
from tsplug.errors import FileError, InputError
from tsplug.model import AcquiredImage, FrameHeader
from tsplug.ports import FrameStorage
from tsplug.services.disk_frames import frame_row
from tsplug.services.storing import DEFAULT_PATTERN, Known, check_pattern, name_of_frame, store_frame, stored_name
from tsplug.testing import ManualClock, stocked_store
from tsplug.testing.lights import store_light

LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", 'Sh2 "101"')


def row(tmp_path: Path, shot: Shot = LIGHT) -> dict[str, object]:
    """Return what a frame's header says."""
    return frame_row(frame_headers().read(write(tmp_path / "x.fits", fits_file(nina(shot)))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (DEFAULT_PATTERN, "Sh2 _101_/2023-07-05/LIGHT/a.b.fits.fz"),
        ("$$FILTER$$_$$EXPOSURETIME$$s_G$$GAIN$$_$$DATETIME$$", "Ha_600.00s_G100_2023-07-05_22-20-00.fits.fz"),
        ("..$$TARGETNAME$$../ /$$TIME$$", "Sh2 _101_/22-20-00.fits.fz"),
        ("$$DATE$$\\$$BINNING$$_$$FILENAME$$", "2023-07-05/1_a.b.fits.fz"),
    ],
)
def test_names_come_from_headers(tmp_path: Path, pattern: str, name: str) -> None:
    """Words stand for what the header says, with nothing in them that no disk takes; the ending stays."""
    assert stored_name(row(tmp_path), "a.b.fits.fz", pattern=check_pattern(pattern)) == name


def test_what_a_header_does_not_say_is_left_out(tmp_path: Path) -> None:
    """A frame that says nothing of itself lies at the top, under its own name."""
    empty = dict.fromkeys(row(tmp_path))
    assert stored_name(empty, "a.xisf", pattern=DEFAULT_PATTERN) == "a.xisf"


def test_a_header_without_an_exposure_names_its_frame(tmp_path: Path) -> None:
    """A frame that is no light to count by has the name that the rest of its header gives; long words are cut."""
    header = frame_headers().read(
        star_frame(tmp_path / "a.fits", OBJECT="M 42 " * 9 + "x" * 20, DATE_OBS="2026-01-15T20:00:00")
    )
    assert isinstance(header, FrameHeader)
    name = name_of_frame(header, "a.fits", pattern=DEFAULT_PATTERN)
    assert name == f"{('M 42 ' * 9 + 'x' * 20)[:60]}/2026-01-15/LIGHT/a.fits"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("$$MAGIC$$", r"\$\$MAGIC\$\$ is none of \$\$TARGETNAME\$\$"),
        ("$$FILTER", "no partner"),
        ("const", r"many frames one name: it needs one of \$\$DATETIME\$\$, \$\$FILENAME\$\$"),
        ("$$DATE$$/$$FILTER$$", "many frames one name"),
        ("", "no place below"),
        ("../x", "no place below"),
        ("/x", "no place below"),
    ],
)
def test_patterns_that_lead_nowhere_are_told(pattern: str, words: str) -> None:
    """A word there is not, an odd one, or a place outside the storage is an error."""
    with pytest.raises(InputError, match=words):
        check_pattern(pattern)


@pytest.mark.parametrize("place", ["kept", "memory://kept"])
def test_the_record_follows_the_file(tmp_path: Path, place: str) -> None:
    """A light on record has the address of where its file went; one that is not is stored all the same."""
    store = stocked_store(ManualClock())
    file = write(tmp_path / "a.fits", fits_file(nina(LIGHT)))
    image = store_light(store, "M 42", filter_name="Ha", started=utc("2023-07-05 22:20"), file=str(file))
    storage = frame_storage(str(tmp_path / place) if "://" not in place else place)
    name = ("a.fits", "$$FILENAME$$")
    known = Known(store, frame_headers(), frame_files())
    stored = store_frame(file, storage, known=known, name=name)
    assert stored.image_id == image.id
    with store.read() as unit:
        assert unit.get(AcquiredImage, image.id or 0).file == stored.address
    other = write(tmp_path / "b.fits", fits_file(nina(LIGHT)))
    assert store_frame(other, storage, known=known, name=("b.fits", name[1])).image_id is None


class Overtaken:
    """A storage that is slow: another sender of the same frame is done first."""

    def __init__(self, storage: FrameStorage, meanwhile: Callable[[], None]) -> None:
        self._storage, self._meanwhile = storage, meanwhile

    def __getattr__(self, name: str) -> object:
        return getattr(self._storage, name)

    def put(self, file: Path, name: str) -> str:
        """Keep a file when the other one is kept."""
        self._meanwhile()
        return self._storage.put(file, name)


def test_of_two_senders_of_one_frame_the_second_is_told(tmp_path: Path) -> None:
    """The record stays with what came first, though nobody could see that before; the other one is kept as well."""
    store = stocked_store(ManualClock())
    file = write(tmp_path / "own.fits", fits_file(nina(LIGHT)))
    store_light(store, "M 42", filter_name="Ha", started=utc("2023-07-05 22:20"), file=str(file))
    storage, known = frame_storage(str(tmp_path / "kept")), Known(store, frame_headers(), frame_files())
    first: list[str] = []

    def send() -> None:
        first.append(store_frame(file, storage, known=known, name=("a.fits", "$$FILENAME$$")).address)

    slow = cast(FrameStorage, Overtaken(storage, send))
    second = store_frame(file, slow, known=known, name=("b.fits", "$$FILENAME$$"))
    told = f"it is the same frame as {first[0]}, which is on record as image 1; the record stays with that"
    assert (second.image_id, second.note) == (None, told)
    with store.read() as unit:
        assert unit.get(AcquiredImage, 1).file == first[0] == str(tmp_path / "kept" / "a.fits")


def test_what_is_no_frame_is_not_stored(tmp_path: Path) -> None:
    """What has no header is refused, and nothing comes into the storage."""
    (tmp_path / "a.fits").write_text("no frame")
    with pytest.raises(FileError, match=r"a\.fits"):
        store_frame(
            tmp_path / "a.fits",
            frame_storage(str(tmp_path / "kept")),
            known=Known(stocked_store(ManualClock()), frame_headers(), frame_files()),
            name=("a.fits", "$$FILENAME$$"),
        )
    assert not (tmp_path / "kept").exists()
