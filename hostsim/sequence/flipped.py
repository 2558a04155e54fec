"""Which flips were made in this passage of the meridian: none is made twice, whatever the mount says of its side."""

from __future__ import annotations

from datetime import timedelta

from hostsim.sequence.host import Host
from hostsim.sequence.state import Flipped
from hostsim.sky.clusters import separation_deg

# From one culmination half way to the next one.
_PASSAGE = timedelta(hours=6)
_SAME_DEG = 0.2


def flip_at(ra_hours: float, dec_deg: float, *, host: Host) -> Flipped | None:
    """Return the flip that was made at J2000 coordinates in this passage, None where there was none."""
    place = 15.0 * ra_hours, dec_deg
    for each in host.journal.state.standing.flips:
        there = 15.0 * each.ra_hours, each.dec_deg
        if host.clock.now() - each.moment < _PASSAGE and separation_deg(*place, place=there) <= _SAME_DEG:
            return each
    return None


def note_flip(ra_hours: float, dec_deg: float, *, host: Host, failed: bool = False) -> None:
    """Note a flip at J2000 coordinates; ``failed`` says that the mount says to stand where it stood."""
    now, standing = host.clock.now(), host.journal.state.standing
    known = flip_at(ra_hours, dec_deg, host=host)
    others = [each for each in standing.flips if each is not known and now - each.moment < _PASSAGE]
    standing.flips = [*others, Flipped(ra_hours=ra_hours, dec_deg=dec_deg, moment=now, failed=failed)]
