"""Which light sessions have their flats, and which are outstanding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tsplug.model import FlatHistory, FlatsType, LightSession
from tsplug.model.angles import same_rotation

_Settings = tuple[object, ...]


class TakenFlats:
    """The flat history of a profile, asked session by session."""

    def __init__(self, history: Iterable[FlatHistory], *, tolerance_deg: float) -> None:
        """Index history rows; angles within the tolerance are equal, no rotator equals no rotator alone.

        Dark flats flatten nothing: a session that has only those is outstanding.
        """
        self._tolerance_deg = tolerance_deg
        self._rows: dict[_Settings, list[FlatHistory]] = defaultdict(list)
        for row in history:
            if row.flats_type == FlatsType.DARK:
                continue
            self._rows[_settings_of_row(row)].append(row)

    def of(self, session: LightSession) -> FlatHistory | None:
        """Return the row that links a session to its flat set, or None while the session is outstanding."""
        for row in self._rows.get(_settings_of_session(session), ()):
            if same_rotation(row.rotation_deg, session.lights_rotation_deg, tolerance_deg=self._tolerance_deg):
                return row
        return None


def _settings_of_row(row: FlatHistory) -> _Settings:
    return (
        row.target_id,
        row.session_date,
        row.filter_name,
        row.gain,
        row.offset,
        row.binning,
        row.readout_mode,
        row.roi_percent,
    )


def _settings_of_session(session: LightSession) -> _Settings:
    spec = session.spec
    return (
        session.target_id,
        session.session_date,
        spec.filter_name,
        spec.gain,
        spec.offset,
        spec.binning,
        spec.readout_mode,
        spec.roi_percent,
    )
