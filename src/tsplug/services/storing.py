"""Frames into a storage, under names that their headers give; the record follows the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath

from tsplug.errors import FileError, InputError
from tsplug.model import AcquiredImage, BadFile, FrameHeader, frame_place
from tsplug.ports import FrameFiles, FrameHeaders, FrameStorage, Store
from tsplug.services.disk_frames import Row, frame_row, record_of
from tsplug.services.following import follow
from tsplug.services.record_claims import Witnesses, is_kept_already, is_of_record, refusal, same_frame

DEFAULT_PATTERN = "$$TARGETNAME$$/$$DATEMINUS12$$/$$IMAGETYPE$$/$$FILENAME$$"
"""How frames are named in a storage where nobody says otherwise."""

_TOKEN = re.compile(r"\$\$([A-Z0-9]+)\$\$")
_TELLING = frozenset({"FILENAME", "DATETIME", "TIME"})
# Without one of these, the second frame of a night has the name of the first.
_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
_LONGEST_WORD = 60
# Four bytes a character at most, so that no disk refuses what a header says.
_HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class StoredFrame:
    """A frame that a storage has: where, the record that follows it if there is one, why a record does not.

    ``again`` says that it was there before, perhaps under another name.
    """

    address: str
    image_id: int | None = None
    note: str = ""
    again: bool = False


@dataclass(frozen=True)
class Known:
    """What knows of frames, and looks at them."""

    store: Store
    headers: FrameHeaders
    files: FrameFiles


def check_pattern(pattern: str) -> str:
    """Return a pattern of file names.

    Raises:
        InputError: it is empty, leads out of the storage, names frames alike, or has a word there is not; with those
            there are.
    """
    unknown = [word for word in _TOKEN.findall(pattern) if word not in _WORDS]
    if unknown or "$$" in _TOKEN.sub("", pattern):
        told = f"$${unknown[0]}$$ is none" if unknown else "a $$ has no partner"
        raise InputError(f"the pattern {pattern!r}: {told} of {', '.join(f'$${word}$$' for word in _WORDS)}")
    parts = PurePath(pattern.replace("\\", "/")).parts
    if not parts or ".." in parts or pattern.startswith("/"):
        raise InputError(f"the pattern {pattern!r} names no place below the storage")
    if not _TELLING.intersection(_TOKEN.findall(pattern)):
        told = ", ".join(f"$${word}$$" for word in sorted(_TELLING))
        raise InputError(f"the pattern {pattern!r} gives many frames one name: it needs one of {told}")
    return pattern


def stored_name(row: Row, file_name: str, *, pattern: str) -> str:
    """Return the name of a frame in a storage, with slashes; what its header does not say is left out of it.

    Args:
        row: what its header says; see `tsplug.services.disk_frames.frame_row`.
        file_name: how it is called, with the ending, which it keeps.
        pattern: see `check_pattern`.
    """
    stem, ending = _split(file_name)
    said = {**row, "file_name": stem}
    filled = _TOKEN.sub(lambda match: _clean(_WORDS[match[1]](said)), pattern.replace("\\", "/"))
    parts = [part.strip(" .") for part in filled.split("/")]
    return "/".join(part for part in parts if part) + ending


def store_frame(file: Path, storage: FrameStorage, *, known: Known, name: tuple[str, str]) -> StoredFrame:
    """Copy a frame into a storage, and let its record follow; the file itself is the caller's to remove.

    A record whose own frame is still where it says stays with that, whatever identifier the header has. A frame that
    the storage has already, as that of a record, is not copied there under another name.

    Args:
        file: the frame.
        storage: where it goes.
        known: where it may be on record, and what reads it.
        name: how the frame is called, and the pattern of its new name.

    Raises:
        NameTakenError: another frame has its name in the storage.
        FileError: it is no frame, or the storage does not take it.
    """
    header = known.headers.read(file)
    if isinstance(header, BadFile):
        raise FileError(f"{name[0]}: {header.reason}")
    with known.store.read() as unit:
        image = record_of(unit, file, guid=frame_row(header)["guid"] or "")
    if image is not None and is_kept_already(file, image, storage=storage, files=known.files):
        return StoredFrame(image.file, image.id, f"{same_frame(image)}; it is not kept twice", again=True)
    address = storage.put(file, name_of_frame(header, name[0], pattern=name[1]))
    if image is None:
        return StoredFrame(address)
    witnesses = Witnesses(known.files, known.headers, known.store)
    if not is_of_record(file, image, known=witnesses, place=frame_place(address)):
        return StoredFrame(address, note=refusal(image))
    with known.store.write() as unit:
        if follow(unit, image.file, new=address, image=image):
            return StoredFrame(address, image.id)
        # Somebody else's turn came first: the same frame under another name, or a move to the rejected ones.
        now = unit.find(AcquiredImage, id=image.id)
    return StoredFrame(address, note="" if now is None else f"{same_frame(now)}; the record stays with that")


def name_of_frame(header: FrameHeader, file_name: str, *, pattern: str) -> str:
    """Return the name in a storage of a frame by its header, also where that says too little to count the frame by."""
    row, cards = frame_row(header), header.cards
    said = {"target": cards.get("OBJECT"), "filter": cards.get("FILTER"), "started": _moment_of(cards.get("DATE-OBS"))}
    said["kind"] = str(cards.get("IMAGETYP", "")).partition(" ")[0] or None
    return stored_name({**row, **{key: row[key] or value for key, value in said.items()}}, file_name, pattern=pattern)


def _moment_of(text: object) -> str | None:
    try:
        return datetime.fromisoformat(str(text)).isoformat()
    except ValueError:
        return None


def _split(file_name: str) -> tuple[str, str]:
    """Return a file's name without and with only its ending, of which packed frames have two."""
    name = PurePath(file_name).name
    packed = next((end for end in (".gz", ".fz") if name.lower().endswith(end)), "")
    bare = name[: len(name) - len(packed)]
    ending = PurePath(bare).suffix
    return bare.removesuffix(ending), name[len(bare) - len(ending) :]


def _clean(value: object) -> str:
    return "" if value is None else _FORBIDDEN.sub("_", str(value))[:_LONGEST_WORD]


def _started(row: Mapping[str, object]) -> datetime | None:
    return datetime.fromisoformat(str(row["started"])) if row["started"] else None


def _moment(form: str, *, minus: timedelta = timedelta()) -> Callable[[Mapping[str, object]], object]:
    return lambda row: None if (at := _started(row)) is None else (at - minus).strftime(form)


_WORDS: dict[str, Callable[[Mapping[str, object]], object]] = {
    "TARGETNAME": lambda row: row["target"],
    "IMAGETYPE": lambda row: None if row["kind"] is None else str(row["kind"]).upper(),
    "FILTER": lambda row: row["filter"],
    "EXPOSURETIME": lambda row: None if row["exposure_s"] is None else f"{row['exposure_s']:.2f}",
    "GAIN": lambda row: None if row["gain"] is None else f"{row['gain']:g}",
    "BINNING": lambda row: row["binning"],
    "DATE": _moment("%Y-%m-%d"),
    "DATEMINUS12": _moment("%Y-%m-%d", minus=_HALF_A_DAY),
    "DATETIME": _moment("%Y-%m-%d_%H-%M-%S"),
    "TIME": _moment("%H-%M-%S"),
    "FILENAME": lambda row: row["file_name"],
}
# The words of N.I.N.A. that a header can answer, in UTC, and FILENAME: how the frame was called.
