"""Headers as they were before the pipeline first wrote into them, and putting them back."""

from __future__ import annotations

import zlib
from contextlib import suppress

from tsplug.errors import FileError, NotFoundError
from tsplug.model import AcquiredImage, BadFile, FramePlace, HeaderChange, KeptHeader, is_nameable
from tsplug.ports import FrameAtWork, PipelineTools, Store, Unit
from tsplug.services.disk_frames import record_at
from tsplug.services.record_claims import Witnesses, is_of_record

_LEVEL = 6


def keep_header(frame: FrameAtWork, header: bytes, *, store: Store) -> None:
    """Keep the header of a frame, unless one of the same frame is kept already.

    One that is kept of a record stays where that lies elsewhere: whatever says its identifier has another place.
    """
    tools, place = frame.tools, str(frame.place.absolute())
    with store.read() as unit:
        before = _kept(unit, frame.place, image=frame.image)
    if any(tools.editor.of_one_frame(zlib.decompress(kept.header), header) for kept in before):
        return
    of_another = any(kept.image_id is not None and kept.file != place for kept in before)
    with store.write() as unit:
        # The place was taken by another frame since.
        unit.delete_all(KeptHeader, id=[kept.id for kept in before if kept.file == place])
        known = None if frame.image is None or of_another else unit.find(AcquiredImage, id=frame.image.id)
        unit.add(
            KeptHeader(
                image_id=None if known is None else known.id,
                file=place,
                header=zlib.compress(header, _LEVEL),
                kept_at=tools.clock.now(),
            )
        )


def restore_file(file: FramePlace, tools: PipelineTools, *, store: Store) -> HeaderChange:
    """Put back the header of a frame that may be on record; otherwise as `restore_header`."""
    header = tools.headers.read(file, wanted=())
    if isinstance(header, BadFile):
        raise FileError(f"{file}: {header.reason}")
    image = record_at(file, tools.headers, store=store)
    known = Witnesses(tools.files, tools.headers, store)
    if image is not None and not is_of_record(file, image, known=known):
        # A calibrated copy or a stack, which has its light's identifier and a header of its own.
        image = None
    return restore_header(file, tools, image=image, store=store)


def restore_header(
    file: FramePlace, tools: PipelineTools, *, image: AcquiredImage | None, store: Store
) -> HeaderChange:
    """Put a frame's header back as it was before the pipeline wrote into it.

    Raises:
        NotFoundError: none is kept of it: the pipeline never wrote into it.
        FileError: it cannot be written, or another frame lies there now.
    """
    with store.read() as unit:
        kept = _kept(unit, file, image=image)
    if not kept:
        why = "the pipeline wrote nothing into it, or it was moved by hand since and is on no record"
        raise NotFoundError(f"{file}: no header is kept of it: {why}")
    for each in kept[:-1]:
        with suppress(FileError):
            return tools.editor.restore(file, zlib.decompress(each.header))
    return tools.editor.restore(file, zlib.decompress(kept[-1].header))


def _kept(unit: Unit, file: FramePlace, *, image: AcquiredImage | None) -> list[KeptHeader]:
    """Return what is kept of a frame: of its place, and of its record."""
    place = str(file.absolute())
    own = [] if image is None else [unit.find(KeptHeader, image_id=image.id)]
    there = [unit.find(KeptHeader, file=place, image_id=None)] if is_nameable(place) else []
    return [each for each in (*there, *own) if each is not None]
