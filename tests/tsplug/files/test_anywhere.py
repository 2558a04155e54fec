"""Frames at an address are read, looked at and moved as those on disk are, and no copy of one stays."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pipeline_frames import star_frame

from tsplug.app import buffers, frame_files, frame_headers, verify_frame
from tsplug.app_jobs import frame_storage
from tsplug.errors import FileError, InputError
from tsplug.model import Address, BadFile, FrameHeader, HeaderCard, HeaderEdit
from tsplug.ports import FrameStatus

Put = Callable[[Path], Address]


@pytest.fixture(params=["memory", "file"])
def put(request: pytest.FixtureRequest, tmp_path: Path) -> Put:
    """Give what brings a file into a storage that is empty."""
    MemoryFileSystem.store.clear()
    place = f"memory://kept{tmp_path.name}" if request.param == "memory" else f"file://{tmp_path / 'kept'}"
    return lambda file: Address(frame_storage(place).put(file, f"lights/{file.name}"))


def test_a_frame_is_read_where_it_lies(put: Put, tmp_path: Path) -> None:
    """Pixels, header and state are those of the file, packed or not; the copy that was needed is gone."""
    file = star_frame(tmp_path / "a.fits", OBJECT="M 42")
    (tmp_path / "b.fits.gz").write_bytes(gzip.compress(file.read_bytes()))
    plain, packed = put(file), put(tmp_path / "b.fits.gz")
    files, headers = frame_files(), frame_headers()
    for address in (plain, packed):
        assert (files.read(address).pixels == files.read(file).pixels).all()
        header = headers.read(address, wanted=["OBJECT"])
        assert isinstance(header, FrameHeader)
        assert (header.file, header.cards["OBJECT"]) == (address, "M 42")
        assert (files.status(address), verify_frame(address)) == (FrameStatus(exists=True), FrameStatus(exists=True))
    scanned = list(headers.scan([plain.parent, packed, tmp_path / "a.fits"], wanted=()))
    assert [each.file for each in scanned] == [file, plain, packed]
    assert not list((buffers()._root).glob("*"))


def test_what_is_wrong_with_a_frame_is_told_with_its_address(put: Put, tmp_path: Path) -> None:
    """Missing, cut off, something else, changed: as of a file on disk, in words of the address."""
    whole = star_frame(tmp_path / "a.fits").read_bytes()
    files, headers, first = frame_files(), frame_headers(), put(tmp_path / "a.fits")
    cases = {"cut.fits": whole[:9000], "text.fits": b"no frame at all" * 9, "rotten.fits": _with_a_wrong_bit(whole)}
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        put(tmp_path / name)
    missing = first.parent / "none.fits"
    assert (files.status(missing), verify_frame(missing)) == (
        FrameStatus(False, "missing"),
        FrameStatus(False, "missing"),
    )
    assert headers.read(missing) == BadFile(missing, "missing")
    assert "truncated: 9000 of" in files.status(first.parent / "cut.fits").problem
    assert "DATASUM" in verify_frame(first.parent / "rotten.fits").problem
    assert files.status(first.parent / "rotten.fits").problem == ""
    with pytest.raises(FileError, match=rf"^{first.parent}/text\.fits: "):
        files.read(first.parent / "text.fits")
    assert isinstance(headers.read(first.parent / "text.fits"), BadFile)
    assert files.status(first.parent / "text.fits").problem
    with pytest.raises(InputError, match=r"none\.fits does not exist"):
        list(headers.scan([missing]))


def _with_a_wrong_bit(whole: bytes) -> bytes:
    return whole[:-5000] + bytes([whole[-5000] ^ 1]) + whole[-4999:]


def test_a_frame_moves_within_its_storage(put: Put, tmp_path: Path) -> None:
    """Never over another one, nor out of the storage; what two addresses hold is compared, and one can be taken."""
    files, address = frame_files(), put(star_frame(tmp_path / "a.fits"))
    other = put(star_frame(tmp_path / "b.fits", OBJECT="other"))
    went = address.parent / "rejected" / "a.fits"
    files.move(address, went)
    assert (files.status(address).exists, files.status(went).exists) == (False, True)
    for source, target in ((went, other), (went, tmp_path / "x.fits"), (tmp_path / "a.fits", address), (address, went)):
        with pytest.raises(FileError, match=r"stays|is there already"):
            files.move(source, target)
    with pytest.raises(FileError, match="is not there; nothing was moved"):
        files.move(address, address.parent / "c.fits")
    assert files.same(went, put(tmp_path / "a.fits"))
    assert (files.same(went, other), files.same(went, tmp_path / "a.fits")) == (False, False)
    files.remove_name(went)
    assert not files.status(went).exists


def test_a_storage_that_cannot_be_reached_has_its_frames_still(tmp_path: Path) -> None:
    """Nobody knows then; a status that said the frame is gone would let records follow a copy."""
    unknown = Address("magic://bucket/a.fits")
    status = frame_files().status(unknown)
    assert (status.exists, status.out_of_reach, "magic" in status.problem) == (True, True, True)
    assert isinstance(frame_headers().read(unknown), BadFile)


def test_a_header_is_written_where_the_frame_lies(put: Put, tmp_path: Path) -> None:
    """An edit changes what lies at the address, and what was kept comes back; nothing else is written."""
    from tsplug.app import pipeline_tools

    start = star_frame(tmp_path / "a.fits").read_bytes()
    address, editor, kept = put(tmp_path / "a.fits"), pipeline_tools().editor, []
    assert editor.edit(address, HeaderEdit((HeaderCard("OBSERVER", "ann"),)), keep=kept.append).changed
    written = frame_headers().read(address)
    assert isinstance(written, FrameHeader)
    assert written.cards["OBSERVER"] == "ann"
    assert editor.restore(address, kept[0]).changed
    assert not editor.restore(address, kept[0]).changed
    with (tmp_path / "copy").open("wb") as copy:
        copy.write(frame_storage(address.parent).fetch(address, tmp_path).read_bytes())
    assert (tmp_path / "copy").read_bytes() == start


def test_a_header_is_not_written_over_another_frame(put: Put, tmp_path: Path) -> None:
    """A frame that is moved while its header is written does not come back; one that took its name stays."""
    from tsplug.app import pipeline_tools

    other = star_frame(tmp_path / "other.fits", OBJECT="M 31").read_bytes()
    star_frame(tmp_path / "a.fits", OBJECT="M 42")
    address, editor = put(tmp_path / "a.fits"), pipeline_tools().editor
    away = address.parent / "b.fits"

    def meanwhile(header: bytes) -> None:
        frame_files().move(address, away)
        (tmp_path / "a.fits").write_bytes(other)
        put(tmp_path / "a.fits")

    with pytest.raises(FileError, match="another file has its name"):
        editor.edit(address, HeaderEdit((HeaderCard("OBSERVER", "ann"),)), keep=meanwhile)
    told = [header.cards for header in frame_headers().scan([address, away]) if isinstance(header, FrameHeader)]
    assert [(cards["OBJECT"], "OBSERVER" in cards) for cards in told] == [("M 31", False), ("M 42", False)]
