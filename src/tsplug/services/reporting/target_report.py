"""The report of a target: a page, and the same numbers as a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tsplug.ports import Context
from tsplug.services.image_list import image_row
from tsplug.services.reporting.figures import figures_document, tallies_of
from tsplug.services.reporting.frames import MOST_FRAMES
from tsplug.services.reporting.target_data import TargetData, load_target
from tsplug.services.reporting.target_page import target_page
from tsplug.services.reporting.writing_page import page_file, write_page


def write_target_report(
    name: str, out: Path | None, *, context: Context, most_frames: int = MOST_FRAMES
) -> tuple[Path, dict[str, Any]]:
    """Write the page of a target; return its file, and what it tells as `target_document`.

    Args:
        name: the target's name, id or guid.
        out: the file or a folder for it; None for a file named after the target in the present folder.
        context: store and clock.
        most_frames: how many lights are listed, the newest.

    Raises:
        NotFoundError: no such target.
        AmbiguousNameError: several targets are called so.
        FileError: the file cannot be written, or something that is no report is there.
    """
    data = load_target(name, context, most_frames=most_frames)
    file = page_file(out, name=data.standing.target.name)
    write_page(file, target_page(data, generated=context.clock.now()))
    return file, target_document(data)


def target_document(data: TargetData) -> dict[str, Any]:
    """Return what is told of a target as JSON-ready values; seconds truncate each exposure to whole ones.

    ``filters`` stand in order of first appearance, ``total`` is all of them, ``nights`` the accepted seconds by filter.
    ``lights`` are the newest ones, ``lights_total`` says how many there are.
    """
    tallies = tallies_of(data.images, data.site)
    by_name: dict[str, list[Any]] = {}
    for image in data.images:
        by_name.setdefault(image.filter_name, []).append(image)
    return {
        **data.standing.document(),
        "profile": data.profile.name,
        "plans": [plan.document() for plan in data.standing.plans],
        **figures_document(tallies, by_name),
        "coverage": list(data.coverage),
        "lights_total": data.frames.total,
        "lights": [image_row(image) for image in data.frames.shown],
    }
