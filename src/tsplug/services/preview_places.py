"""Where the pictures lie that the image pipeline makes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import overload

from tsplug.model import Address, FramePlace, PipelinePreferences

_ENDINGS = {"jpeg": "jpg", "png": "png"}
_LONGEST_BYTES = 255
_MARK_DIGITS = 12


@overload
def preview_place(file: Path, preferences: PipelinePreferences) -> Path: ...


@overload
def preview_place(file: FramePlace, preferences: PipelinePreferences) -> FramePlace: ...


def preview_place(file: FramePlace, preferences: PipelinePreferences) -> FramePlace:
    """Return where the picture of a frame lies: in a folder beside the frame, or in one of this machine for all.

    The one for all mirrors the ways to frames, so that no two pictures meet there.
    """
    # The whole name: a frame as FITS and the same as XISF have two pictures.
    name = _name(file.name, _ENDINGS[preferences.preview_form])
    folder = Path(preferences.preview_folder)
    if folder.is_absolute():
        whole = file if isinstance(file, Address) or file.is_absolute() else file.absolute()
        return (folder / _way_from_root(whole)).with_name(name)
    return file.parent / preferences.preview_folder / name


def likes_with(preferences: PipelinePreferences, previews: str) -> PipelinePreferences:
    """Return how a rig likes its frames processed, the pictures in the folder that a job names if it does."""
    return preferences.model_copy(update={"preview_folder": previews}) if previews else preferences


def _name(frame: str, ending: str) -> str:
    """Return the name of a frame with an ending; where file systems take none so long its end is a digest."""
    encoded = frame.encode("utf-8", "surrogateescape")
    room = _LONGEST_BYTES - len(f".{ending}")
    if len(encoded) <= room:
        return f"{frame}.{ending}"
    mark = hashlib.sha256(encoded).hexdigest()[:_MARK_DIGITS]
    begin = encoded[: room - len(f"~{mark}")].decode("utf-8", "ignore")
    return f"{begin}~{mark}.{ending}"


def picture_of(file: Path, place: FramePlace, *, preferences: PipelinePreferences) -> Path:
    """Return where to write the picture of a frame on this machine.

    Args:
        file: where the frame lies on this machine: of one in a storage a copy, and what comes beside it is put back.
        place: where it is kept.
        preferences: how its rig likes its frames processed.
    """
    wanted = preview_place(place, preferences)
    return preview_place(file, preferences) if isinstance(wanted, Address) else wanted


def way_to(file: FramePlace) -> str:
    """Return the way to a frame from the root of its disk, or of its storage, with slashes."""
    return file.below if isinstance(file, Address) else file.relative_to(file.anchor).as_posix()


def _way_from_root(file: FramePlace) -> str:
    """Return the way to a frame as `way_to`, for frames of several storages and disks beside each other."""
    if isinstance(file, Address):
        return "/".join((file.scheme, *file.parts))
    drive = file.drive.strip(":\\/").replace("\\", "/")
    return f"{drive}/{way_to(file)}" if drive else way_to(file)
