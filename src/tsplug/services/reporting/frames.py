"""The lights that a report lists one by one, with their pictures and verdicts: the newest, and no more than so many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsplug.model import AcquiredImage, Thumbnail, Verdict
from tsplug.ports import Unit

MOST_FRAMES = 300
"""How many lights a page lists unless asked for another number."""

MOST_PICTURE_BYTES = 4_000_000
"""How much all pictures of a page weigh at most; the newest lights have them first."""


@dataclass(frozen=True)
class Frames:
    """The lights shown, by start of exposure, of ``total``; pictures and verdicts by image id."""

    shown: Sequence[AcquiredImage]
    total: int
    thumbnails: Mapping[int, Thumbnail]
    verdicts: Mapping[int, Sequence[Verdict]]


def load_frames(unit: Unit, images: Sequence[AcquiredImage], *, most: int) -> Frames:
    """Return the newest of images that are ordered by start, with what hangs on them."""
    shown = images[-most:] if most > 0 else []
    ids = [image.id for image in shown if image.id is not None]
    verdicts: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in unit.list(Verdict, image_id=ids):
        verdicts[verdict.image_id].append(verdict)
    return Frames(shown, len(images), _pictures(unit, ids), verdicts)


def _pictures(unit: Unit, ids: Sequence[int]) -> dict[int, Thumbnail]:
    """Return the pictures of images, those of the last ones, as long as they do not weigh too much."""
    found = {picture.image_id: picture for picture in unit.list(Thumbnail, image_id=ids, tag="") if picture.data}
    left, kept = MOST_PICTURE_BYTES, {}
    for key in reversed([key for key in ids if key in found]):
        left -= len(found[key].data)
        if left < 0:
            break
        kept[key] = found[key]
    return kept
