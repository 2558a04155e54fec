"""What runs that never came to their end still owe: a panel to be switched off, a readout mode to be restored."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tsplug.errors import InputError
from tsplug.model import ChangedReadoutMode, LitPanel, Profile
from tsplug.ports import Store, Unit

KINDS = ("panel", "readout-mode")
"""What can be owed, by the name that commands have for it."""


def owed(store: Store, profile: Profile) -> list[dict[str, Any]]:
    """Return what the next start will do for a profile, as JSON-ready dictionaries, the panel first."""
    with store.read() as unit:
        return _owed(unit, profile)


def forget_owed(store: Store, profile: Profile, *, kinds: Collection[str]) -> list[dict[str, Any]]:
    """Forget what is owed, for somebody has seen to it or the device is gone; return what that was.

    Args:
        store: where it is kept.
        profile: whose equipment.
        kinds: names of `KINDS`.

    Raises:
        InputError: nothing of the kind is owed.
    """
    with store.write() as unit:
        rows = [row for row in _owed(unit, profile) if row["what"] in kinds]
        if not rows:
            raise InputError(f"profile {profile.name!r} owes nothing of {', '.join(kinds)}; see: tsplug flats owed")
        for row in rows:
            unit.delete_all(LitPanel if row["what"] == "panel" else ChangedReadoutMode, profile_id=profile.id)
    return rows


def _owed(unit: Unit, profile: Profile) -> list[dict[str, Any]]:
    lit = unit.find(LitPanel, profile_id=profile.id)
    changed = unit.find(ChangedReadoutMode, profile_id=profile.id)
    rows: list[dict[str, Any]] = []
    if lit is not None:
        since = lit.since.isoformat()
        rows.append({"what": "panel", "since": since, "mode": None, "then": "is switched off", "why": lit.why})
    if changed is not None:
        then = f"readout mode {changed.mode_before} is restored"
        since = changed.since.isoformat()
        rows.append({"what": "readout-mode", "since": since, "mode": changed.mode_before, "then": then, "why": ""})
    return [{"profile": profile.name, **row} for row in rows]
