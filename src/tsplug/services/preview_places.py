"""Where the pictures lie that the image pipeline makes."""

from __future__ import annotations

from pathlib import Path
from typing import overload

from tsplug.model import FramePlace, PipelinePreferences

_ENDINGS = {"jpeg": "jpg", "png": "png"}


@overload
def preview_place(file: Path, preferences: PipelinePreferences) -> Path: ...


@overload
def preview_place(file: FramePlace, preferences: PipelinePreferences) -> FramePlace: ...


def preview_place(file: FramePlace, preferences: PipelinePreferences) -> FramePlace:
    """Return where the picture of a frame lies: in a folder beside the frame, or in one of this machine for all."""
    # The whole name: a frame as FITS and the same as XISF have two pictures.
    name = f"{file.name}.{_ENDINGS[preferences.preview_form]}"
    folder = Path(preferences.preview_folder)
    return folder / name if folder.is_absolute() else file.parent / preferences.preview_folder / name
