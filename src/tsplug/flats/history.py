"""Which light sessions have their flats, and which are outstanding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tsplug.flats.temperature import same_temperature
from tsplug.model import FlatHistory, FlatSpec, FlatsPreferences, FlatsType, LightSession
from tsplug.model.angles import same_rotation

_Settings = tuple[object, ...]
_SHARED = ("filter_name", "gain", "offset", "binning", "readout_mode", "roi_percent")


class TakenFlats:
    """The flat history of a profile, asked session by session."""

    def __init__(self, history: Iterable[FlatHistory], *, preferences: FlatsPreferences) -> None:
        """Index history rows that were not revoked; dark flats flatten nothing.

        Angles within the tolerance are equal, no rotator equals no rotator alone; so are temperatures where the profile
        minds them.
        """
        self._preferences = preferences
        self._rows: dict[_Settings, list[FlatHistory]] = defaultdict(list)
        for row in history:
            if row.revoked_at is None and row.flats_type != FlatsType.DARK:
                self._rows[(row.target_id, row.session_date, *_shared(row))].append(row)

    def of(self, session: LightSession) -> FlatHistory | None:
        """Return the row that links a session to its flat set, or None while the session is outstanding.

        Of several the one taken last counts.
        """
        key = (session.target_id, session.session_date, *_shared(session.spec))
        fitting = [row for row in self._rows.get(key, ()) if self._fits(row, session)]
        return max(fitting, key=lambda row: (row.taken_at, row.id or 0)) if fitting else None

    def _fits(self, row: FlatHistory, session: LightSession) -> bool:
        tolerance_deg = self._preferences.rotation_tolerance_deg
        tolerance_c = self._preferences.temperature_tolerance_c
        return same_rotation(
            row.rotation_deg, session.lights_rotation_deg, tolerance_deg=tolerance_deg
        ) and same_temperature(row.temperature_c, session.lights_temperature_c, tolerance_c=tolerance_c)


def _shared(spec: FlatHistory | FlatSpec) -> _Settings:
    return tuple(getattr(spec, name) for name in _SHARED)
