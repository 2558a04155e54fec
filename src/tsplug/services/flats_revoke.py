"""Revoke flats that are unfit: their light sessions become due again, the frames stay on disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tsplug.errors import InputError, NotFoundError
from tsplug.model import FlatHistory, FlatSet, FlatSetState, Profile
from tsplug.ports import Context, Unit
from tsplug.services.flats_history import ELSEWHERE, flat_history, set_key

_LARGEST_ID_DIGITS = 9


def revoke_flats(context: Context, name: str, *, why: str, profile: Profile | None = None) -> dict[str, Any]:
    """Mark a flat set as unfit, with the reason, and return its row of the history.

    It stays known, with its files, and serves no light any more. A set's guid stands for it for ever, and no id is
    given twice, so a reason never meets another set.

    Args:
        context: where sets are kept, and what tells when.
        name: the set's id or guid, or what the history calls flats that another program took.
        why: the reason.
        profile: whose sets are meant; any profile's if None.

    Raises:
        NotFoundError: there is no such set.
        InputError: there is no reason, the set is being taken, or it was revoked before.
    """
    reason = " ".join(why.split())
    if not reason:
        raise InputError("say why the set is revoked: --why TEXT")
    with context.store.write() as unit:
        flat_set, links = _found(unit, name, profile=profile)
        if flat_set is not None:
            _revoke_set(unit, flat_set, why=reason)
        elif all(link.revoked_at is not None for link in links):
            raise InputError(f"{name} was revoked before: {links[0].revoked_why}")
        _revoke_links(unit, links, why=reason, at=context.clock.now())
    key = set_key(flat_set, links)
    return next(row for row in flat_history(context) if row["key"] == key)


def _found(unit: Unit, name: str, *, profile: Profile | None) -> tuple[FlatSet | None, list[FlatHistory]]:
    if name.startswith(ELSEWHERE):
        links = _taken_elsewhere(unit, name.removeprefix(ELSEWHERE))
        if links and (profile is None or links[0].profile_id == profile.id):
            return None, links
    else:
        flat_set = unit.find(FlatSet, guid=name)
        if flat_set is None and _is_id(name):
            flat_set = unit.find(FlatSet, id=int(name))
        if flat_set is not None and (profile is None or flat_set.profile_id == profile.id):
            return flat_set, unit.list(FlatHistory, flat_set_id=flat_set.id)
    whose = "" if profile is None else f" of profile {profile.name!r}"
    raise NotFoundError(f"no flat set {name!r}{whose} is stored; list them with: tsplug flats history")


def _taken_elsewhere(unit: Unit, number: str) -> list[FlatHistory]:
    """Return the rows of flats that another program took, all that one set served, by the lowest id of them."""
    first = unit.find(FlatHistory, id=int(number), flat_set_id=None) if _is_id(number) else None
    if first is None:
        return []
    alike = first.model_dump(exclude={"id", "target_id", "target_name", "project_name", "session_date", "session_id"})
    alike = {name: value for name, value in alike.items() if not name.startswith("revoked")}
    links = unit.list(FlatHistory, **alike)
    return links if links[0].id == first.id else []


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LARGEST_ID_DIGITS


def _revoke_set(unit: Unit, flat_set: FlatSet, *, why: str) -> None:
    if flat_set.state is FlatSetState.REVOKED:
        raise InputError(f"flat set {flat_set.id} was revoked before: {flat_set.message}")
    if flat_set.state is FlatSetState.RUNNING:
        raise InputError(f"flat set {flat_set.id} is being taken: revoke it when the run is over")
    flat_set.state = FlatSetState.REVOKED
    flat_set.message = "; ".join(filter(None, (why, flat_set.message)))
    unit.update(flat_set)


def _revoke_links(unit: Unit, links: Sequence[FlatHistory], *, why: str, at: datetime) -> None:
    for link in links:
        if link.revoked_at is None:
            link.revoked_at, link.revoked_why = at, why
            unit.update(link)
