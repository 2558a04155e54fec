"""All images of a store, page by page, so that no more than one page is in memory."""

from __future__ import annotations

from collections.abc import Iterator

from tsplug.model import AcquiredImage
from tsplug.ports import ImageQuery, Unit

PAGE = 500


def image_pages(unit: Unit, *, size: int = PAGE, among: ImageQuery | None = None) -> Iterator[list[AcquiredImage]]:
    """Yield every image once, by start of exposure; only those that ``among`` describes, where it is given.

    A page begins with the start that the page before ended with, because others may share it.
    """
    query = (among or ImageQuery()).model_copy(update={"newest_first": False, "limit": size})
    seen: set[int | None] = set()
    while True:
        page = unit.images(query)
        if fresh := [image for image in page if image.id not in seen]:
            yield fresh
        if len(page) < (query.limit or 0):
            return
        last = page[-1].started
        seen = {image.id for image in page if image.started == last}
        query = query.model_copy(update={"started_from": last, "limit": size + len(seen)})
