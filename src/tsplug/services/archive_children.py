"""What hangs on the records of an archive: added where it is not stored yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from tsplug.model import FlatSet, FlatSetFile, Record
from tsplug.ports import Unit
from tsplug.services.archive_parts import Child, Part, child_record
from tsplug.services.flats_records import frame_guid


@dataclass
class Hanging:
    """A record of an archive with its guid there, what hangs on it, where it stands, and whether it is new here."""

    record: Record
    guid: str
    children: dict[str, list[dict[str, Any]]]
    place: str
    made: bool = True
    added: dict[str, list[Record]] = field(default_factory=dict)


class Refusal(Protocol):
    """Refuses an archive for what is wrong at a place."""

    def __call__(self, place: str, why: str) -> NoReturn:
        """Raise."""
        ...


def add_children(unit: Unit, part: Part, *, owners: Sequence[Hanging], failed: Refusal) -> int:
    """Store what hangs on records and is not stored; return how many records that were here got something.

    What hangs on shared records is left alone where these are stored: they are not the profile's own.
    """
    touched: set[int] = set()
    for name, child in part.children.items():
        new: list[Record] = []
        known = [each for each in owners if not each.made]
        there = _there(unit, child, ids=[each.record.id or 0 for each in known])
        for each in owners:
            if not each.made and part.shared:
                continue
            added = _missing(child, each, name=name, there=there[each.record.id or 0], failed=failed)
            each.added[name] = added
            new += added
            if added and not each.made:
                touched.add(each.record.id or 0)
        unit.add_many(new)
    return len(touched)


def _missing(child: Child, each: Hanging, *, name: str, there: Counter[Hashable], failed: Refusal) -> list[Record]:
    """Return what hangs on a record and is not there; alike ones count as often as they occur."""
    found: list[Record] = []
    left = Counter(there)
    for fields in each.children[name]:
        try:
            record = child_record(child, fields, owner_id=each.record.id or 0)
        except ValueError as error:
            failed(each.place, str(error))
        record = _renamed(record, each)
        key = _key(child, record)
        if left[key] > 0:
            left[key] -= 1
            continue
        if child.unique and key in {_key(child, other) for other in found}:
            failed(each.place, f"{child.kind.__name__} {key} is there twice")
        found.append(record)
    return found


def _renamed(record: Record, each: Hanging) -> Record:
    """Return a flat with the guid that follows from its set's, where the set was copied."""
    owner = each.record
    if isinstance(record, FlatSetFile) and isinstance(owner, FlatSet) and owner.guid != each.guid:
        return record.model_copy(update={"guid": frame_guid(owner.guid, record.number)})
    return record


def _there(unit: Unit, child: Child, *, ids: Sequence[int]) -> defaultdict[int, Counter[Hashable]]:
    there: defaultdict[int, Counter[Hashable]] = defaultdict(Counter)
    if ids:
        for record in unit.list(child.kind, **{child.owner: ids}):
            there[getattr(record, child.owner)][_key(child, record)] += 1
    return there


def _key(child: Child, record: Record) -> Hashable:
    names = child.key or tuple(name for name in child.kind.model_fields if name not in ("id", child.owner))
    # Mappings have no hash, and their text is the same when they are.
    return tuple(repr(getattr(record, name)) for name in names)
