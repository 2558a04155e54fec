"""Writing cards into the header of a frame at work; the header as it was is kept before."""

from __future__ import annotations

from collections.abc import Iterable

from tsplug.model import HeaderCard, HeaderEdit
from tsplug.ports import FrameAtWork, ModuleOutcome, completed, skipped
from tsplug.services.kept_headers import keep_header


def write_cards(
    frame: FrameAtWork, cards: Iterable[HeaderCard], *, remove: Iterable[str] = (), said: str = "", **outputs: object
) -> ModuleOutcome:
    """Let cards stand in a frame's header and others not, and return how that went.

    Args:
        frame: the frame.
        cards: what is to stand there.
        remove: keywords that are not.
        said: what a message begins with.
        outputs: what the module gives, also where the header cannot be written.

    Raises:
        FileError: the header cannot be written.
    """
    store = frame.tools.store
    if store is None:
        return _told(said, "no store keeps the header as it was, so it is not written", outputs=outputs)
    edit = HeaderEdit(tuple(cards), frozenset(remove))
    change = frame.tools.editor.edit(frame.file, edit, keep=lambda header: keep_header(frame, header, store=store))
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
