"""Where the pictures lie that the image pipeline makes."""

from __future__ import annotations

from pathlib import Path

from tsplug.model import PipelinePreferences

_ENDINGS = {"jpeg": "jpg", "png": "png"}


def preview_place(file: Path, preferences: PipelinePreferences) -> Path:
    """Return where the picture of a frame lies: in a folder beside the frame, or in one for all."""
    # The whole name: a frame as FITS and the same as XISF have two pictures.
    return file.parent / preferences.preview_folder / f"{file.name}.{_ENDINGS[preferences.preview_form]}"
