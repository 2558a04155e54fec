"""Writing cards into the header of a frame at work; the header as it was is kept before."""

from __future__ import annotations

from tsplug.errors import FileError
from tsplug.model import HeaderEdit
from tsplug.ports import FrameAtWork, ModuleOutcome, completed, skipped
from tsplug.services.kept_headers import keep_header


def write_cards(frame: FrameAtWork, edit: HeaderEdit, *, said: str = "", **outputs: object) -> ModuleOutcome:
    """Let cards stand in a frame's header and others not, and return how that went.

    Args:
        frame: the frame.
        edit: what is to stand there and what not.
        said: what a message begins with.
        outputs: what the module gives, also where the header cannot be written.

    Raises:
        FileError: the header cannot be written; with ``said`` before the reason.
    """
    store = frame.tools.store
    if store is None:
        return _told(said, "no store keeps the header as it was, so it is not written", outputs=outputs)
    try:
        change = frame.tools.editor.edit(
            frame.file, edit, keep=lambda header: keep_header(frame, header, store=store), of=frame.header_read
        )
    except FileError as error:
        raise FileError(_joined(said, str(error)) if said else str(error)) from error
    if change.refused:
        return _told(said, change.refused, outputs=outputs)
    if not change.changed:
        return completed(_joined(said, "the header is as it should be"), **outputs)
    how = "header written" if change.in_place else "header written into a copy, as it had no room"
    return completed(_joined(said, how), **outputs)


def _told(said: str, why: str, *, outputs: dict[str, object]) -> ModuleOutcome:
    return completed(_joined(said, why), **outputs) if outputs else skipped(why)


def _joined(said: str, more: str) -> str:
    return f"{said}; {more}" if said else more
