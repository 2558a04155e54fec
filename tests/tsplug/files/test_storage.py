"""Frames are kept in a folder or through fsspec: whole, never over another one, and with an address that finds them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tsplug.errors import FileError, InputError, NameTakenError, OutOfReachError
from tsplug.files.folder_storage import FolderStorage
from tsplug.files.parts import part_of
from tsplug.files.storage import RemoteStorage, storage_at

Place = Callable[[Path], str]
PLACES: dict[str, Place] = {
    "folder": lambda folder: str(folder / "kept"),
    "file": lambda folder: f"file://{folder / 'kept'}",
    "memory": lambda folder: f"memory://kept{folder.name}",
    "strict": lambda folder: f"strict://kept{folder.name}",
    "objects": lambda folder: f"az://kept{folder.name}",
}


NOBODY = 2**22 + 1
# More than a system numbers its processes.
NEW, OLD = {".a.fits.part": b"second"}, {".a.fits.old": b"first"}
CUT_OFF = {
    "while the old one went aside": {"a.fits": b"first", **NEW, ".a.fits.old": b"fi"},
    "while the new one took the name": {"a.fits": b"sec", **NEW, **OLD},
    "before it took the name": {**NEW, **OLD},
    "before the old one was removed": {"a.fits": b"second", **OLD},
}
"""What lies there when a move by copying is cut off."""


class Killed(BaseException):
    """The process ends here."""


class StrictFiles(MemoryFileSystem):
    """A place that gives no file a name that is taken, as SMB; after ``lives`` steps its user is killed."""

    protocol = "strict"
    lives = -1

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.replace("strict://", "memory://")))

    def mv(self, path1: str, path2: str, **kwargs: Any) -> None:
        self._step()
        if self.exists(path2):
            raise FileExistsError(path2)
        self.cp_file(path1, path2)
        self.rm(path1)

    def rm_file(self, path: str) -> None:
        self._step()
        super().rm_file(path)

    def put_file(self, lpath: str, rpath: str, **kwargs: Any) -> None:
        self._step()
        super().put_file(lpath, rpath, **kwargs)

    def rm(self, path: str, **kwargs: Any) -> None:
        # Moving removes what it has copied; that is one step here.
        self.store.pop(self._strip_protocol(path))

    @classmethod
    def _step(cls) -> None:
        if cls.lives == 0:
            raise Killed
        cls.lives -= 1


class ObjectFiles(MemoryFileSystem):
    """Objects without conditions, as at Microsoft's."""

    protocol = "az"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.replace("az://", "memory://")))


fsspec.register_implementation("strict", StrictFiles)
fsspec.register_implementation("az", ObjectFiles, clobber=True)


@pytest.fixture(params=PLACES)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> FolderStorage | RemoteStorage:
    """Give each kind of storage, empty."""
    MemoryFileSystem.store.clear()
    return storage_at(PLACES[request.param](tmp_path))


def written(folder: Path, content: bytes, name: str = "new.fits") -> Path:
    """Write a file and return it."""
    file = folder / name
    file.write_bytes(content)
    return file


def content(storage: FolderStorage | RemoteStorage, address: str, folder: Path) -> bytes:
    """Return what lies at an address."""
    folder.mkdir(exist_ok=True)
    return storage.fetch(address, folder).read_bytes()


def test_a_file_is_found_by_its_address(storage: FolderStorage | RemoteStorage, tmp_path: Path) -> None:
    """What was put under a name comes back from its address, also by another storage there; twice is once."""
    file = written(tmp_path, b"frame")
    address = storage.put(file, "M 42/a.fits")
    assert address.endswith("M 42/a.fits")
    assert (storage.has("M 42/a.fits"), storage.has("M 42/b.fits")) == (True, False)
    assert storage.put(file, "M 42/a.fits") == address
    assert content(storage, address, tmp_path / "copy") == b"frame"
    again = storage_at(address.rpartition("/")[0])
    assert content(again, address, tmp_path / "copy") == b"frame"


def test_a_name_is_no_pattern(storage: FolderStorage | RemoteStorage, tmp_path: Path) -> None:
    """Brackets and stars stand for themselves, whatever else lies there."""
    addresses = [storage.put(written(tmp_path, name.encode()), f"{name}.fits") for name in ("a[1]", "a1", "a*")]
    storage.replace(written(tmp_path, b"new"), addresses[0])
    moved = addresses
    if isinstance(storage, RemoteStorage):
        moved = [address.replace("/a", "/rejected/a") for address in addresses]
        for address, target in zip(addresses, moved, strict=True):
            storage.move(address, target)
    assert [content(storage, address, tmp_path / f"{number}") for number, address in enumerate(moved)] == [
        b"new",
        b"a1",
        b"a*",
    ]


def test_a_storage_is_tried(storage: FolderStorage | RemoteStorage, tmp_path: Path) -> None:
    """A try leaves nothing; where no folder can be made, it is told."""
    storage.check()
    assert not storage.has(".tsplug-probe")
    assert not any(file.is_file() for file in tmp_path.rglob("*"))
    for place in (str(written(tmp_path, b"") / "x"), f"file://{tmp_path}/new.fits/x"):
        with pytest.raises(OutOfReachError, match=r"new\.fits"):
            storage_at(place).check()


def bury() -> None:
    """Let what lies half sent be that of a process that is gone."""
    for name in list(MemoryFileSystem.store):
        if f"-{os.getpid()}-" in name:
            MemoryFileSystem.store[name.replace(f"-{os.getpid()}-", f"-{NOBODY}-")] = MemoryFileSystem.store.pop(name)


def test_two_senders_to_one_name_send_one_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two machines that send at once nobody writes into what the other one sends, nor takes it for the own."""
    MemoryFileSystem.store.clear()
    storage, address, send = storage_at("memory://kept"), "memory://kept/a.fits", MemoryFileSystem.put_file
    monkeypatch.setattr("tsplug.files.storage._sending", nullcontext())
    sent: list[str] = []

    def slow(files: MemoryFileSystem, lpath: str, rpath: str, **kwargs: Any) -> None:
        send(files, lpath, rpath, **kwargs)
        sent.append(rpath)
        if len(sent) == 1:
            storage.replace(written(tmp_path, b"second", "second.fits"), address)
            assert content(storage, address, tmp_path / "copy") == b"second"

    monkeypatch.setattr(MemoryFileSystem, "put_file", slow)
    storage.replace(written(tmp_path, b"first"), address)
    assert content(storage, address, tmp_path / "copy") == b"first"
    assert list(MemoryFileSystem.store) == ["/kept/a.fits"]


def test_what_the_dead_have_left_half_sent_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the next file that is sent to its folder; what others may be sending stays until it is an hour old."""
    MemoryFileSystem.store.clear()
    files, storage = MemoryFileSystem(), storage_at("memory://kept")
    other = ".a.fits.elsewhere-1-0123456789ab.part"
    for name in (part_of("b.fits"), other, ".odd.part"):
        files.pipe(f"/kept/{name}", b"half")
    bury()
    storage.put(written(tmp_path, b"whole"), "a.fits")
    kept = [f"/kept/{name}" for name in (other, ".odd.part", "a.fits")]
    assert list(MemoryFileSystem.store) == kept
    MemoryFileSystem.store[f"/kept/{other}"].created -= timedelta(hours=2)
    storage.put(written(tmp_path, b"whole"), "b.fits")
    assert list(MemoryFileSystem.store) == [*kept[1:], "/kept/b.fits"]


def test_another_file_is_never_overwritten(storage: FolderStorage | RemoteStorage, tmp_path: Path) -> None:
    """A name that another file has is refused, and that file stays."""
    address = storage.put(written(tmp_path, b"first"), "a.fits")
    with pytest.raises(FileError, match="is there already and is another file"):
        storage.put(written(tmp_path, b"other"), "a.fits")
    assert content(storage, address, tmp_path / "copy") == b"first"


def test_two_frames_that_come_at_once_under_one_name(storage: FolderStorage | RemoteStorage, tmp_path: Path) -> None:
    """One of them is kept, whole and as its sender is told; the other is refused, and nothing of it is left."""
    files = {letter: written(tmp_path, letter * (4 << 20), f"{letter!r}.fits") for letter in (b"a", b"b")}
    for place in range(4):
        together = threading.Barrier(len(files))

        def put(letter: bytes, name: str = f"{place}.fits", together: threading.Barrier = together) -> bytes | None:
            together.wait()
            try:
                storage.put(files[letter], name)
            except NameTakenError:
                return None
            return letter

        with ThreadPoolExecutor() as threads:
            told = [letter for letter in threads.map(put, files) if letter]
        assert len(told) == 1
        assert content(storage, storage.put(files[told[0]], f"{place}.fits"), tmp_path / "copy") == told[0] * (4 << 20)
    assert len(list((tmp_path / "kept").glob("*"))) in (0, 4)


def test_a_file_can_take_anothers_place(storage: FolderStorage | RemoteStorage, tmp_path: Path) -> None:
    """What was worked on takes the place of what was fetched, and nothing else is left."""
    address = storage.put(written(tmp_path, b"first"), "a.fits")
    storage.replace(written(tmp_path, b"second"), address)
    assert content(storage, address, tmp_path / "copy") == b"second"
    kept = tmp_path / "kept"
    assert [entry.name for entry in kept.iterdir()] == ["a.fits"] if kept.exists() else True


@pytest.mark.parametrize("lives", range(8))
def test_a_place_that_replaces_nothing_is_never_without_the_file(tmp_path: Path, lives: int) -> None:
    """Killed anywhere on the way, the old or the new one is read whole; the next attempt leaves nothing beside it."""
    MemoryFileSystem.store.clear()
    storage = storage_at("strict://kept")
    assert isinstance(storage, RemoteStorage)
    address = storage.put(written(tmp_path, b"first"), "a.fits")
    new = written(tmp_path, b"second")
    StrictFiles.lives = lives
    with suppress(Killed):
        storage.replace(new, address)
    StrictFiles.lives = -1
    bury()
    assert content(storage, address, tmp_path / "copy") in (b"first", b"second")
    with storage.opened(address) as source:
        assert source.read(0, 10) in (b"first", b"second")
    assert storage.has("a.fits")
    with pytest.raises(NameTakenError):
        storage.put(written(tmp_path, b"other"), "a.fits")
    storage.replace(written(tmp_path, b"third"), address)
    assert content(storage, address, tmp_path / "copy") == b"third"
    assert list(MemoryFileSystem.store) == ["/kept/a.fits"]


@pytest.mark.parametrize("when", CUT_OFF)
def test_a_move_by_copying_that_was_cut_off_is_completed(tmp_path: Path, when: str) -> None:
    """What is half, aside or under the name, is neither read nor kept; the file can be compared, moved and removed."""
    storage, address = storage_at("strict://kept"), "strict://kept/a.fits"
    assert isinstance(storage, RemoteStorage)

    def cut_off() -> None:
        MemoryFileSystem.store.clear()
        StrictFiles().pipe({f"/kept/{name}": data for name, data in CUT_OFF[when].items()})

    cut_off()
    assert content(storage, address, tmp_path / "copy") == b"second"
    storage.replace(written(tmp_path, b"third"), address, expected=storage.mark(written(tmp_path, b"second", "x")))
    assert (content(storage, address, tmp_path / "copy"), list(MemoryFileSystem.store)) == (b"third", ["/kept/a.fits"])
    cut_off()
    StrictFiles().pipe("/kept/b.fits", b"second")
    assert storage.same(address, "strict://kept/b.fits")
    storage.move(address, "strict://kept/c.fits")
    assert (StrictFiles().cat("/kept/c.fits"), len(MemoryFileSystem.store)) == (b"second", 2)
    cut_off()
    storage.remove(address)
    assert not MemoryFileSystem.store


def test_without_its_part_what_lies_aside_is_the_file(tmp_path: Path) -> None:
    """Where somebody swept the part away, the file that was there before is read, and gives way as any other."""
    MemoryFileSystem.store.clear()
    storage, address = storage_at("strict://kept"), "strict://kept/a.fits"
    StrictFiles().pipe("/kept/.a.fits.old", b"third")
    assert content(storage, address, tmp_path / "copy") == b"third"
    storage.replace(written(tmp_path, b"fourth"), address)
    assert (content(storage, address, tmp_path / "copy"), list(MemoryFileSystem.store)) == (b"fourth", ["/kept/a.fits"])


def test_what_is_no_longer_as_it_was_fetched_is_not_replaced(
    storage: FolderStorage | RemoteStorage, tmp_path: Path
) -> None:
    """A file whose other end has changed, and one that is gone, are told, and nothing is written in their place."""
    old, new = bytearray(b"x" * 300_000), written(tmp_path, b"worked on")
    address = storage.put(written(tmp_path, bytes(old), "old.fits"), "a.fits")
    mark = storage.mark(tmp_path / "old.fits")
    storage.check_still(address, mark)
    old[-1:] = b"y"
    storage.replace(written(tmp_path, bytes(old), "other.fits"), address, expected=mark)
    with pytest.raises(FileError, match=r"a\.fits: changed meanwhile, or another file has its name; nothing"):
        storage.replace(new, address, expected=mark)
    assert content(storage, address, tmp_path / "copy") == old
    gone = address.replace("a.fits", "b.fits")
    with pytest.raises(FileError, match=r"b\.fits: missing: it was moved or removed meanwhile, and nothing"):
        storage.replace(new, gone, expected=mark)
    assert not storage.has("b.fits")


@pytest.mark.parametrize("place", ["memory://kept", "az://kept"])
def test_a_file_that_is_changed_while_its_successor_is_sent_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Once all of it was sent the place is looked at again; what was sent is removed."""
    MemoryFileSystem.store.clear()
    storage = storage_at(place)
    address = storage.put(written(tmp_path, b"first"), "a.fits")
    mark, send = storage.mark(tmp_path / "new.fits"), MemoryFileSystem.put_file

    def slow(files: MemoryFileSystem, lpath: str, rpath: str, **kwargs: Any) -> None:
        send(files, lpath, rpath, **kwargs)
        files.pipe("/kept/a.fits", b"other")

    monkeypatch.setattr(MemoryFileSystem, "put_file", slow)
    with pytest.raises(FileError, match="another file has its name"):
        storage.replace(written(tmp_path, b"second"), address, expected=mark)
    assert {name: file.getvalue() for name, file in MemoryFileSystem.store.items()} == {"/kept/a.fits": b"other"}


def test_what_is_not_there_is_told(storage: FolderStorage | RemoteStorage, tmp_path: Path) -> None:
    """A file that is missing at its address is an error that names it, where a copy would be needed."""
    if isinstance(storage, RemoteStorage):
        address = storage.put(written(tmp_path, b"x"), "a.fits")
        with pytest.raises(FileError, match=r"b\.fits: missing"):
            storage.fetch(address.replace("a.fits", "b.fits"), tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Where a file stands in the way of a folder, the error says where and why."""
    (tmp_path / "kept").write_bytes(b"")
    for place in ("folder", "file"):
        with pytest.raises(FileError, match="kept"):
            storage_at(PLACES[place](tmp_path)).put(written(tmp_path, b"x"), "M 42/a.fits")
    with pytest.raises(FileError, match="nowhere"):
        FolderStorage(tmp_path).replace(written(tmp_path, b"x"), str(tmp_path / "nowhere" / "a.fits"))


@pytest.mark.parametrize("place", ["magic://x", "gs://bucket/frames"])
def test_a_place_that_cannot_be_reached_is_told(place: str) -> None:
    """A kind of storage that is unknown, or whose package is not installed, is one line of error."""
    with pytest.raises(InputError, match=place):
        storage_at(place)
