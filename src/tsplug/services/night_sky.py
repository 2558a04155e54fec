"""The sky of a night for a rig's targets, worked out once and kept in this process, with attached constraints."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tsplug.errors import InputError
from tsplug.model import SkyConstraint
from tsplug.model.night import Night
from tsplug.planning import AttachedMask, Candidate, NightOutlook, NightTables, Place, SkyTarget, night_tables
from tsplug.planning.arrays import Mask
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
    for text in dict.fromkeys(text for _, texts in attached for text in texts):
        held = [by_guid[guid] for guid, texts in attached if text in texts]
        name, found = _answer(SkyConstraint.model_validate_json(text), tables, targets=held)
        for target, allowed in zip(held, found, strict=True):
            masks.setdefault(target.guid, []).append(AttachedMask(name, allowed))
    return NightOutlook(tables, masks)


def _answer(constraint: SkyConstraint, tables: NightTables, *, targets: list[SkyTarget]) -> tuple[str, Mask]:
    """Return what a constraint is called and where it permits targets; one that fails permits nothing, and says why.

    A package that was taken away must cost its targets, never the night.
    """
    try:
        return constraint.name, attached_masks(constraint, tables, targets=targets)
    except InputError as error:
        return str(error), np.zeros((len(targets), tables.samples), dtype=np.bool_)
