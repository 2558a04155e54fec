"""The night of each rig, kept between decisions in this process, and brought up to the store before each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from threading import Lock

from tsplug.model import DecisionRequest, Profile, Site
from tsplug.model.night import Night, night_of
from tsplug.planning import Board, Place
from tsplug.planning.following import follow
from tsplug.ports import Unit
from tsplug.services.night_sky import outlook_of
from tsplug.services.rig_records import Candidates, RigRecords, read_records
from tsplug.services.scoring_rules import installed_rules

_RIGS = 8
_FLIPS = ("flip_pause_min", "flip_after_min")


class KeptNight:
    """What was read for a rig, and the board that was laid out of it.

    What it gives depends on the store, the moment and the installed rules alone: keeping saves time and changes
    nothing. Rows that are as before keep their records, whichever store they are of.
    """

    def __init__(self, profile_guid: str) -> None:
        """Begin with nothing."""
        self.lock = Lock()
        self._profile_guid = profile_guid
        self._records = RigRecords()
        self._candidates = Candidates()
        self._board: Board | None = None
        self._laid_out: tuple[Night, tuple[str, ...]] | None = None
        self._as_asked: tuple[Profile, dict[str, float], Profile] | None = None

    def read(self, unit: Unit) -> RigRecords:
        """Return what a reading unit finds of the rig; only what changed since the last look is read.

        Raises:
            NotFoundError: there is no such profile.
            InputError: nobody said yet where it stands.
        """
        self._records = read_records(unit, self._profile_guid, before=self._records)
        return self._records

    def board(self, now: datetime, request: DecisionRequest) -> tuple[Board, Site]:
        """Return the board of the night of a moment, as the records that were read last have it, and the site.

        It leaves out the targets that the request does, and the rig flips as the request says.
        """
        rig = self._records.rig(self._profile_guid)
        profile = self._flipping(rig.profile, request)
        found = self._candidates.of(self._records, rig.profile, now=now, host=request.host)
        candidates = [each for guid, each in found.items() if guid not in request.left_out]
        laid_out, place = (night_of(now, rig.site), request.left_out), Place.of(rig.site)
        board, rules = self._board, installed_rules().rules
        same = board is not None and board.profile is profile and board.rules is rules
        if (
            board is None
            or not same
            or board.outlook.tables.place != place
            or self._laid_out != laid_out
            or not follow(board, candidates)
        ):
            outlook = outlook_of(place, laid_out[0], candidates=candidates)
            board = self._board = Board(outlook, candidates, profile=profile, rules=rules)
            self._laid_out = laid_out
        return board, rig.site

    def _flipping(self, profile: Profile, request: DecisionRequest) -> Profile:
        """Return a profile that flips as a request says; the same object for the same profile and request."""
        asked = {name: getattr(request, name) for name in _FLIPS}
        changes = {name: value for name, value in asked.items() if value not in (None, getattr(profile.planner, name))}
        if not changes:
            return profile
        kept = self._as_asked
        if kept is None or kept[0] is not profile or kept[1] != changes:
            planner = profile.planner.model_copy(update=changes)
            kept = self._as_asked = (profile, changes, profile.model_copy(update={"planner": planner}))
        return kept[2]


@contextmanager
def kept_night(profile_guid: str) -> Iterator[KeptNight]:
    """Give the night of a rig to one thread at a time."""
    kept = _kept(profile_guid)
    with kept.lock:
        yield kept


@lru_cache(maxsize=_RIGS)
def _kept(profile_guid: str) -> KeptNight:
    return KeptNight(profile_guid)


def forget() -> None:
    """Let go of what is kept of all rigs; the next decision of each reads and lays out everything."""
    _kept.cache_clear()
