"""Files and folders as users type them."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from tsplug.model import Address, FramePlace, frame_place


def located(text: str) -> FramePlace:
    """Return the frame or folder that a text names, which may be an address such as ``s3://bucket/frames``.

    Raises:
        typer.BadParameter: as `place`.
    """
    return frame_place(text) if isinstance(frame_place(text), Address) else place(text)


def place(text: str) -> Path:
    """Return the file or folder that a text names; a tilde is the user's own folder.

    Two dots stand for the folder that they lead to, also behind a link, so that no file has several names.

    Raises:
        typer.BadParameter: the text is empty, as an unset variable in a script is; that must not mean the folder that
            the script happens to run in. Or it begins with the name of an unknown user.
    """
    if not text.strip():
        raise typer.BadParameter("is empty; a dot stands for the current folder")
    try:
        return _straight(Path(text).expanduser())
    except RuntimeError as error:
        raise typer.BadParameter(f"{text!r} names the folder of an unknown user") from error


def _straight(path: Path) -> Path:
    parts = path.parts
    if os.pardir not in parts:
        return path
    behind = len(parts) - parts[::-1].index(os.pardir)
    return Path(os.path.realpath(Path(*parts[:behind])), *parts[behind:])
