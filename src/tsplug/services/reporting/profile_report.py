"""The report of a profile: a page, and the same numbers as a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tsplug.model import Profile
from tsplug.ports import Context, ExposureTally
from tsplug.services.reporting.figures import figures_document
from tsplug.services.reporting.profile_data import ProfileData, load_profile
from tsplug.services.reporting.profile_page import profile_page
from tsplug.services.reporting.writing_page import page_file, write_page


def write_profile_report(profile: Profile, out: Path | None, *, context: Context) -> tuple[Path, dict[str, Any]]:
    """Write the page of a stored profile; return its file, and what it tells as `profile_document`.

    Args:
        profile: the profile.
        out: the file or a folder for it; None for a file named after the profile in the present folder.
        context: store and clock.

    Raises:
        FileError: the file cannot be written, or something that is no report is there.
    """
    data = load_profile(profile, context)
    file = page_file(out, name=profile.name)
    write_page(file, profile_page(data, generated=context.clock.now()))
    return file, profile_document(data)


def profile_document(data: ProfileData) -> dict[str, Any]:
    """Return what is told of a profile as JSON-ready values, in whole and target by target."""
    by_target: dict[int | None, list[ExposureTally]] = {}
    for tally in data.tallies:
        by_target.setdefault(tally.target_id, []).append(tally)
    targets = [
        {
            **standing.document(),
            "plans": [plan.document() for plan in standing.plans],
            **figures_document(by_target.pop(standing.target.id, [])),
        }
        for standing in data.standings
    ]
    gone = [
        {"project": None, "target": data.others.get(key), "state": None, **figures_document(own)}
        for key, own in by_target.items()
    ]
    return {
        "profile": data.profile.name,
        "targets": targets + gone,
        **figures_document(data.tallies),
        "coverage": list(data.coverage),
    }
