"""The numbers of readout modes, by the names that the records of a rig have for them."""

from __future__ import annotations

from collections.abc import MutableMapping

from tsplug.model import Profile
from tsplug.ports import ImageQuery, Unit

Known = MutableMapping[tuple[int | None, str], int | None]


class Modes:
    """What records tell; ``known`` keeps it from one transaction to the next, so that each is looked for once."""

    def __init__(self, unit: Unit, known: Known) -> None:
        self._unit, self._known = unit, known

    def number(self, profile: Profile, name: str) -> int | None:
        """Return the number of a mode of a rig, None where no record has both or records disagree."""
        key = profile.id, name
        if name and key not in self._known:
            query = ImageQuery(profile_id=profile.id)
            told = self._unit.tally_alike(query, by=("readout_mode_name", "readout_mode"))
            numbers = {number for named, number in told if named == name and isinstance(number, int)}
            self._known[key] = numbers.pop() if len(numbers) == 1 else None
        return self._known.get(key)
