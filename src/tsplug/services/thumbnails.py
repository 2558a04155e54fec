"""The small picture of an image: the stored one, or one made of its file where there is none yet."""

from __future__ import annotations

from tsplug.errors import FileError
from tsplug.model import AcquiredImage, Thumbnail, frame_place
from tsplug.ports import FrameFiles, Store, Unit
from tsplug.services.frame_measuring import thumbnail_of_frame


def thumbnail_of(image: AcquiredImage, files: FrameFiles, *, store: Store) -> Thumbnail:
    """Return an image's thumbnail; one that is made is stored, if the store can be written.

    Raises:
        FileError: there is none, and the frame it would be made of cannot be read.
    """
    with store.read() as unit:
        stored = _stored(unit, image)
    if stored is not None:
        return stored
    try:
        preview = thumbnail_of_frame(files.read(frame_place(image.file)))
    except FileError as error:
        raise FileError(f"image {image.id} has no thumbnail, and none can be made: {error}") from error
    made = Thumbnail(
        image_id=image.id or 0,
        media_type=preview.media_type,
        width_px=preview.width_px,
        height_px=preview.height_px,
        data=preview.data,
    )
    with store.write() as unit:
        return _stored(unit, image) or unit.add(made)


def _stored(unit: Unit, image: AcquiredImage) -> Thumbnail | None:
    found = unit.find(Thumbnail, image_id=image.id, tag="")
    return found if found is not None and found.data else None
