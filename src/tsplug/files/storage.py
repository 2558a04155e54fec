"""Keeps frames in a folder of this machine, or through fsspec anywhere: S3 and what speaks it, SFTP, WebDAV, ..."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tsplug.errors import FileError, InputError, NameTakenError, OutOfReachError
from tsplug.files.content_mark import check_mark, content_mark, mark_of_file, same_content, taken
from tsplug.files.folder_storage import PROBE, FolderStorage
from tsplug.files.objects import CONDITIONAL, OF_OBJECTS, move_object, rename, send_if, tag_of
from tsplug.files.remote_bytes import RemoteBytes, told
from tsplug.files.remote_parts import own_part, sweep_beside
from tsplug.model import Address

_HEADER_BYTES = 1 << 16
# What one request brings of a frame that is looked at: a header with the blocks that are reserved behind it.
_REPLACING = frozenset({"file", "local", "memory", "sftp", "ssh"})
# Where a name that is taken can be given to another file in one step. SMB, WebHDFS and many FTP servers refuse that,
# some without a word, and of kinds that are not known nobody can tell.

_PROBE_NAME = ".tsplug-probe"
_sending = threading.Lock()


def _no_check() -> None:
    """Let anything be overwritten."""


class RemoteStorage:
    """A place that fsspec reaches."""

    def __init__(self, url: str) -> None:
        """Take the address of the place, such as ``s3://bucket/frames``.

        Raises:
            InputError: there is no such kind of place, or what reaches it is not installed.
        """
        self._protocol = url.partition("://")[0]
        self._replaces = self._protocol in _REPLACING | OF_OBJECTS
        try:
            from fsspec.core import url_to_fs

            self._files, self._root = url_to_fs(url)
        except ImportError as error:
            raise InputError(f"{url} needs a package that is not installed: {error}; see tsplug[storage]") from error
        except (ValueError, OSError) as error:
            raise InputError(f"{url} names no storage: {error}") from error

    def check(self) -> None:
        """Write something at the place and remove it.

        Raises:
            OutOfReachError: it cannot be written.
        """
        target = self._target(_PROBE_NAME)
        with told(self._address(target)):
            if self._protocol not in OF_OBJECTS:
                self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(target, PROBE)
            # Frames are never removed, so that whoever may not is served all the same.
            with suppress(Exception):
                self._files.rm_file(target)

    def has(self, name: str) -> bool:
        """Return whether there is something of a name below the place.

        Raises:
            FileError: the place cannot be reached.
        """
        target = self._target(name)
        with told(self._address(target)):
            return self._exists(target)

    def holds(self, file: str) -> bool:
        """Return whether an address is below the place."""
        is_here = file.partition("://")[0] == self._protocol and self.reaches(file)
        return is_here and self._name(file).startswith(f"{self._root.rstrip('/')}/")

    def put(self, file: Path, name: str) -> str:
        """Copy a file to a name below the place and return its address.

        Raises:
            NameTakenError: another file has the name.
            FileError: it cannot be written.
        """
        target = self._target(name)
        address = self._address(target)
        # One at a time: most of these places let the second of two senders overwrite the first.
        with _sending, told(address):
            if not self._exists(target) and self._send(file, target, instead_of=""):
                return address
            with self._files.open(self._whole(target), "rb") as kept, file.open("rb") as new:
                if same_content(kept, new):
                    return address
        raise taken(address)

    def fetch(self, address: str, folder: Path) -> Path:
        """Copy a file into a folder of this machine.

        Raises:
            FileError: it is missing, or cannot be read.
        """
        source = self._name(address)
        local = folder / source.rpartition("/")[2]
        with told(address):
            try:
                self._files.get_file(self._whole(source), str(local))
            except FileNotFoundError as error:
                raise FileError(f"{address}: missing") from error
        return local

    def mark(self, file: Path) -> str:
        """Return the mark of a file on this machine."""
        return mark_of_file(file)

    def check_still(self, address: str, mark: str) -> None:
        """Hold what lies at an address against a mark.

        Raises:
            FileError: it is gone, or something else.
            OutOfReachError: nobody can tell.
        """
        name = self._name(address)
        with told(address):
            if not self._exists(name):
                check_mark(address, None, expected=mark)
            with self.opened(address) as source:
                check_mark(address, content_mark(source), expected=mark)

    def replace(self, file: Path, address: str, *, expected: str = "") -> None:
        """Put a file in the place of another; see `tsplug.ports.FrameStorage`.

        Raises:
            FileError: it cannot be written, or the other one is not the one that is expected.
        """

        def check() -> None:
            self.check_still(address, expected)

        with _sending, told(address):
            if not expected:
                self._send(file, self._name(address))
                return
            tag = tag_of(self._files, self._name(address))
            check()
            if not self._send(file, self._name(address), check=check, instead_of=tag or None):
                self.check_still(address, mark_of_file(file))

    @contextmanager
    def opened(self, address: str) -> Iterator[RemoteBytes]:
        """Give a file to read at any place, without a copy.

        Raises:
            FileError: it is missing.
            OutOfReachError: nobody can tell.
        """
        with told(address):
            try:
                name = self._whole(self._name(address))
                stream = self._files.open(name, "rb", block_size=_HEADER_BYTES)
                size = int(self._files.size(name))
            except FileNotFoundError as error:
                raise FileError(f"{address}: missing") from error
        with stream:
            yield RemoteBytes(address, stream, size_bytes=size)

    def files_below(self, address: str) -> list[Address]:
        """Return the addresses of all files at and below one, in order; none where nothing is.

        Raises:
            OutOfReachError: nobody can tell.
        """
        with told(address):
            return [Address(self._address(str(name))) for name in sorted(self._files.find(self._name(address)))]

    def reaches(self, address: str) -> bool:
        """Return whether an address is in this storage: of the same kind, at the same machine, for the same user."""
        return bool(storage_of(Address(address))._files == self._files)

    def move(self, address: str, target: str) -> None:
        """Give a file another address; whenever it stops, the file is whole under one of them.

        Raises:
            NameTakenError: another file has that.
            FileError: it is missing, or cannot be written there; it is where it was.
        """
        source, there = self._name(address), self._name(target)
        with _sending, told(address):
            self._complete(source)
            if self._exists(there):
                raise NameTakenError(f"{target} is there already; {address} stays where it is")
            if not self._files.exists(source):
                raise FileError(f"{address} is not there; nothing was moved")
            if self._protocol in OF_OBJECTS:
                move_object(self._files, source, target=there)
                return
            self._files.makedirs(there.rpartition("/")[0], exist_ok=True)
            rename(self._files, source, target=there)

    def same(self, address: str, other: str) -> bool:
        """Return whether two addresses hold the same, byte by byte.

        Raises:
            FileError: one cannot be read.
        """
        with told(address):
            names = self._whole(self._name(address)), self._whole(self._name(other))
            with self._files.open(names[0], "rb") as one, self._files.open(names[1], "rb") as two:
                return same_content(one, two)

    def remove(self, address: str) -> None:
        """Remove a file.

        Raises:
            FileError: it cannot be removed.
        """
        with told(address):
            self._complete(self._name(address))
            self._files.rm_file(self._name(address))

    def _name(self, address: str) -> str:
        return str(self._files._strip_protocol(address))

    def _target(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def _address(self, target: str) -> str:
        if "://" in target:
            # Some kinds of places take whole addresses for names.
            return target
        return f"file://{target}" if self._protocol == "file" else f"{self._protocol}://{target.lstrip('/')}"

    def _send(
        self, file: Path, target: str, *, check: Callable[[], None] = _no_check, instead_of: str | None = None
    ) -> bool:
        """Send a file to a name; return whether it took that.

        Args:
            file: is sent.
            target: the name.
            check: raises where it must not take the name, once more when all of it was sent.
            instead_of: what is to give way, where a storage has tags for that: nothing if it is empty.
        """
        if instead_of is not None and self._protocol in CONDITIONAL:
            return send_if(self._files, file, name=target, instead_of=instead_of)
        if self._protocol in OF_OBJECTS and check is _no_check:
            self._files.put_file(str(file), target)
            return True
        if self._protocol not in OF_OBJECTS:
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._complete(target)
        part = own_part(target)
        try:
            self._files.put_file(str(file), part)
            sweep_beside(self._files, part)
            check()
            self._take_name(part, target)
        except Exception:
            with suppress(Exception):
                self._remove_if_there(part)
            raise
        return True

    def _take_name(self, part: str, target: str) -> None:
        """Give what was sent its name, where a place refuses that by way of names that tell how far it came."""
        if self._replaces or not self._files.exists(target):
            rename(self._files, part, target=target)
            return
        whole, aside = _beside(target)
        self._remove_if_there(whole)
        rename(self._files, part, target=whole)
        rename(self._files, target, target=aside)
        rename(self._files, whole, target=target)
        self._remove_if_there(aside)

    def _exists(self, target: str) -> bool:
        # What was remembered of a folder says nothing of what others have put there since.
        self._files.invalidate_cache(target)
        return bool(self._files.exists(target) or self._files.exists(self._whole(target)))

    def _whole(self, target: str) -> str:
        """Return where what has a name is whole: the part, where that was cut off while it took the name from another.

        Nothing is moved for that: who only looks must not be in the way of who writes.
        """
        part, aside = _beside(target)
        if self._replaces or not self._files.exists(aside):
            return target
        # Some kinds move by copying, so that neither what lies aside nor the target need be whole. The part is: nothing
        # is laid aside before all of it was sent, and it goes when all of it has the name.
        if self._files.exists(part):
            return part
        return target if self._files.exists(target) else aside

    def _complete(self, target: str) -> None:
        """Complete what was cut off while a file took the name of another."""
        part, aside = _beside(target)
        if self._replaces or not self._files.exists(aside):
            return
        if self._files.exists(part):
            self._remove_if_there(target)
            rename(self._files, part, target=target)
        elif not self._files.exists(target):
            rename(self._files, aside, target=target)
        self._remove_if_there(aside)

    def _remove_if_there(self, name: str) -> None:
        if self._files.exists(name):
            self._files.rm_file(name)


def _beside(target: str) -> tuple[str, str]:
    """Return where a file lies, whole, while it takes the name of another one, and where that does.

    There is one name of each for a frame: what a crash leaves the next attempt takes up.
    """
    folder, _, name = target.rpartition("/")
    return f"{folder}/.{name}.part", f"{folder}/.{name}.old"


def storage_at(place: str) -> FolderStorage | RemoteStorage:
    """Return the storage that a folder or an address like ``s3://bucket/frames`` names.

    Raises:
        InputError: there is no such kind of place, or what reaches it is not installed.
    """
    return RemoteStorage(place) if "://" in place else FolderStorage(Path(place))


def storage_of(address: Address) -> RemoteStorage:
    """Return the storage that an address is in.

    Raises:
        FileError: there is no such kind, or what reaches it is not installed.
    """
    try:
        return RemoteStorage(address)
    except InputError as error:
        raise OutOfReachError(str(error)) from error
