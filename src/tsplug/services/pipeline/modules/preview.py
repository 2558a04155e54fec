"""A picture of the frame beside it, and the small one of its record."""

from __future__ import annotations

from tsplug.imaging.encoding import Preview
from tsplug.imaging.preview import PreviewSettings
from tsplug.model import AcquiredImage, Thumbnail
from tsplug.ports import FrameAtWork, ModuleOutcome, Store, completed
from tsplug.services.frame_measuring import preview_of, thumbnail_of_frame
from tsplug.services.preview_places import picture_of


class PreviewModule:
    """Makes a stretched picture; measuring is not needed for it, so a frame that cannot be measured has one too."""

    name = "preview"
    title = "Make a stretched picture of the frame, and the thumbnail of its record."
    needs: tuple[str, ...] = ()
    gives = ("preview",)

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Write the picture; one that is there as it should be stays."""
        preferences = frame.preferences
        pixels = frame.pixels()
        form = preferences.preview_form
        made = preview_of(pixels, PreviewSettings(width_px=preferences.preview_width_px, form=form))
        place = picture_of(frame.file, frame.place, preferences=preferences)
        frame.tools.pictures.put(place, made.data)
        if frame.image is not None and frame.tools.store is not None:
            _keep_thumbnail(frame.image, frame, store=frame.tools.store)
        return completed(f"{place.name}, {made.width_px} x {made.height_px}", preview=place)


def _keep_thumbnail(image: AcquiredImage, frame: FrameAtWork, *, store: Store) -> None:
    with store.read() as unit:
        if unit.find(Thumbnail, image_id=image.id, tag="") is not None:
            return
    small = thumbnail_of_frame(frame.pixels())
    with store.write() as unit:
        # What a host brought meanwhile stays; the image may be gone by now.
        if unit.find(AcquiredImage, id=image.id) and unit.find(Thumbnail, image_id=image.id, tag="") is None:
            unit.add(_row(image, small))


def _row(image: AcquiredImage, small: Preview) -> Thumbnail:
    return Thumbnail(
        image_id=image.id or 0,
        media_type=small.media_type,
        width_px=small.width_px,
        height_px=small.height_px,
        data=small.data,
    )


MODULE = PreviewModule()
