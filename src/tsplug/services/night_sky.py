"""The sky of a night for a rig's targets, worked out once and kept in this process, with attached constraints."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tsplug.errors import InputError
from tsplug.model import SkyConstraint
from tsplug.model.night import Night
from tsplug.model.wording import counted
from tsplug.planning import AttachedMask, Candidate, NightOutlook, Place, SkyTarget, night_tables
from tsplug.services.sky_constraints import attached_masks

Attached = tuple[tuple[str, tuple[str, ...]], ...]
"""By guid of a target, its constraints as JSON, which unlike mappings can be remembered by."""


def outlook_of(place: Place, night: Night, *, candidates: Sequence[Candidate]) -> NightOutlook:
    """Return the outlook of a night at a place for some targets."""
    targets = tuple(SkyTarget(each.target.guid, each.target.ra_hours, each.target.dec_deg) for each in candidates)
    attached = tuple((each.target.guid, constraints) for each in candidates if (constraints := _constraints(each)))
    return _outlook(place, night, targets=targets, attached=attached)


def _constraints(candidate: Candidate) -> tuple[str, ...]:
    both = (*candidate.project.constraints, *candidate.target.constraints)
    return tuple(each.model_dump_json() for each in both)


@lru_cache(maxsize=8)
def _outlook(place: Place, night: Night, *, targets: tuple[SkyTarget, ...], attached: Attached) -> NightOutlook:
    tables = night_tables(place, night, targets=targets)
    if not attached:
        return NightOutlook(tables)
    by_guid = {target.guid: target for target in targets}
    masks: dict[str, list[AttachedMask]] = {}
    troubles = []
    for text in dict.fromkeys(text for _, texts in attached for text in texts):
        held = [by_guid[guid] for guid, texts in attached if text in texts]
        constraint = SkyConstraint.model_validate_json(text)
        try:
            found = attached_masks(constraint, tables, targets=held)
        except InputError as error:
            # A package that was taken away, or fails, costs neither its targets nor the night.
            troubles.append(f"{error}; it abstains, for {counted(len(held), 'target')}")
            continue
        for target, allowed in zip(held, found, strict=True):
            masks.setdefault(target.guid, []).append(AttachedMask(constraint.name, allowed))
    return NightOutlook(tables, masks, notes=tuple(troubles))
