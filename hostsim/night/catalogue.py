"""The stars of the simulated sky as a catalogue, for whoever solves its frames."""

from __future__ import annotations

from pathlib import Path

from hostsim.saving.stars import write_stars
from hostsim.sequence.document import Sequence
from hostsim.sequence.parse import parse
from hostsim.sky.stars import all_stars
from tsplug import InputError

_AROUND_DEG = 3.0
_WHOLE_SKY_MAG, _AROUND_MAG = 12.0, 14.0


def export_stars(file: Path, *, sequence: Path | None = None, faintest_mag: float | None = None) -> int:
    """Write the stars of the whole sky, or those around the targets of a sequence, and return how many there are.

    Args:
        file: a FITS table, see `hostsim.saving.stars`.
        sequence: whose targets are looked at; absent is the whole sky.
        faintest_mag: no star is fainter; absent is magnitude 12 for the whole sky, 14 around targets.

    Raises:
        InputError: the sequence is wrong or has no targets.
        FileError: the file cannot be written.
    """
    if sequence is None:
        return write_stars(all_stars(faintest_mag=faintest_mag or _WHOLE_SKY_MAG), file)
    places = _targets(parse(sequence).sequence)
    if not places:
        raise InputError(f"{sequence}: has no targets around which there could be stars")
    return write_stars(all_stars(places, radius_deg=_AROUND_DEG, faintest_mag=faintest_mag or _AROUND_MAG), file)


def _targets(sequence: Sequence) -> list[tuple[float, float]]:
    projects = sequence.catalogue.get("projects") or ()
    return [
        (target["ra_hours"] * 15.0, target["dec_deg"])
        for project in projects
        for target in project.get("targets") or ()
    ]
