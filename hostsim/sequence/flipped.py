"""Which flips were made in this passage of the meridian: none is made twice, whatever the mount says of its side."""

from __future__ import annotations

from datetime import timedelta

from hostsim.sequence.host import Host
from hostsim.sequence.state import Flipped
from hostsim.sky.clusters import separation_deg
from tsplug import PierSide

# From one culmination half way to the next one.
_PASSAGE = timedelta(hours=6)
_SAME_DEG = 0.2


def flip_at(ra_hours: float, dec_deg: float, *, host: Host, past: bool, pier_side: PierSide) -> Flipped | None:
    """Return the flip that was made at J2000 coordinates in this passage, None where there was none.

    One that was made before the meridian is none for the time past it, which ``past`` says to have come; nor is one
    after which the mount stood right on another side than now: it has been brought back since.
    """
    for each in host.journal.state.standing.flips:
        stands = each.pier_side in (None, pier_side)
        if stands and each.past is past and _is_of_now(each, host) and _is_near(each, ra_hours, dec_deg=dec_deg):
            return each
    return None


def note_flip(made: Flipped, *, host: Host) -> None:
    """Note a flip; it takes the place of an earlier one there."""
    standing = host.journal.state.standing
    others = [each for each in standing.flips if not _is_near(each, made.ra_hours, dec_deg=made.dec_deg)]
    standing.flips = [*(each for each in others if _is_of_now(each, host)), made]


def _is_of_now(made: Flipped, host: Host) -> bool:
    return host.clock.now() - made.moment < _PASSAGE


def _is_near(made: Flipped, ra_hours: float, *, dec_deg: float) -> bool:
    there = 15.0 * made.ra_hours, made.dec_deg
    return separation_deg(15.0 * ra_hours, dec_deg, place=there) <= _SAME_DEG
