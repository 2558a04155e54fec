"""Headers as they were before the pipeline first wrote into them, and putting them back."""

from __future__ import annotations

import zlib

from tsplug.errors import FileError, NotFoundError
from tsplug.model import AcquiredImage, BadFile, FramePlace, HeaderChange, KeptHeader, is_nameable
from tsplug.ports import FrameAtWork, PipelineTools, Store, Unit
from tsplug.services.disk_frames import record_at
from tsplug.services.record_claims import is_of_record

_LEVEL = 6


def keep_header(frame: FrameAtWork, header: bytes, *, store: Store) -> None:
    """Keep the header of a frame, unless one of the same frame is kept already."""
    tools = frame.tools
    with store.read() as unit:
        kept = _kept(unit, frame.place, image=frame.image)
    same = kept is not None and tools.editor.of_one_frame(zlib.decompress(kept.header), header)
    if same:
        return
    with store.write() as unit:
        if kept is not None:
            # The place was taken by another frame since.
            unit.delete_all(KeptHeader, id=kept.id)
        known = None if frame.image is None else unit.find(AcquiredImage, id=frame.image.id)
        unit.add(
            KeptHeader(
                image_id=None if known is None else known.id,
                file=str(frame.place.absolute()),
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
    if image is not None and not is_of_record(file, image, files=tools.files, headers=tools.headers):
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
    if kept is None:
        why = "the pipeline wrote nothing into it, or it was moved by hand since and is on no record"
        raise NotFoundError(f"{file}: no header is kept of it: {why}")
    return tools.editor.restore(file, zlib.decompress(kept.header))


def _kept(unit: Unit, file: FramePlace, *, image: AcquiredImage | None) -> KeptHeader | None:
    own = None if image is None else unit.find(KeptHeader, image_id=image.id)
    place = str(file.absolute())
    return own or (unit.find(KeptHeader, file=place, image_id=None) if is_nameable(place) else None)
