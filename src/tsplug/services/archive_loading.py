"""Takes the documents of an archive into a unit: resolves references, finds what is stored, adds and updates."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID, uuid4, uuid5

from tsplug.errors import InputError
from tsplug.model import AcquiredImage, Contribution, ExposurePlan, Profile, Project, Record, Target
from tsplug.model.naming import free_name
from tsplug.ports import Document, Unit
from tsplug.services.archive_children import Hanging, add_children
from tsplug.services.archive_counters import Counters
from tsplug.services.archive_parts import (
    COUNTERS,
    IMAGES,
    PLANS,
    VERDICTS,
    Part,
    children_of,
    image_of,
    record_of,
    values_but,
    with_peers,
)

Batch = Sequence[tuple[int, Document]]


class Loading:
    """One import of an archive in one unit.

    ``profile`` is the id of the profile that the archive is of, once it has been met.
    """

    def __init__(self, unit: Unit, name: str, *, now: datetime, as_copy: bool) -> None:
        self.notes: list[str] = []
        self.profile: int | None = None
        self._unit = unit
        self._name = name
        # A copy's guids follow from the old ones, so that no table of them is needed.
        self._space: UUID | None = uuid4() if as_copy else None
        self._ids: dict[tuple[type[Record], str], int] = {}
        self._outside: dict[tuple[type[Record], str], int | None] = {}
        self._counters = Counters(unit, now=now)

    def take(self, part: Part, batch: Batch) -> Tally[str]:
        """Store the documents of a part and return how many were added, updated, unchanged or left out.

        Raises:
            InputError: a document has not the form of one, or contradicts the store.
        """
        if part is VERDICTS:
            return self._take_verdicts(batch)
        hanging = self._read(part, batch)
        stored = self._stored(part, [each.record for each in hanging])
        tally: Tally[str] = Tally(left_out=len(batch) - len(hanging))
        new = [each for each in hanging if self._key(part, each.record) not in stored]
        self._add(part, new)
        tally["added"] += len(new)
        for each in hanging:
            before = stored.get(self._key(part, each.record))
            if before is not None:
                each.made = False
                changed = self._update(part, before, each=each)
                tally["updated" if changed else "unchanged"] += 1
        self._finish(part, hanging, tally=tally)
        return tally

    def settle_counters(self) -> None:
        """Let the counters of all plans that were touched follow their images and adjustments."""
        self._counters.settle()

    def _finish(self, part: Part, hanging: Sequence[Hanging], *, tally: Tally[str]) -> None:
        for each in hanging:
            if part.has_guid:
                self._ids[part.kind, each.guid] = each.record.id or 0
        touched = add_children(self._unit, part, owners=hanging, failed=self._refuse)
        tally["updated"] += touched
        tally["unchanged"] -= touched
        if part is PLANS:
            self._counters.see_plans(hanging)
        if part is IMAGES:
            self._counters.see_images([each.record for each in hanging if each.made])

    def _take_verdicts(self, batch: Batch) -> Tally[str]:
        owners = []
        for line, values in batch:
            place = f"verdicts line {line}"
            try:
                guid = image_of(values)
                if (AcquiredImage, guid) not in self._ids:
                    raise ValueError(f"image {guid!r} is not in the archive")
                children = children_of(VERDICTS, values)
            except ValueError as error:
                self._refuse(place, str(error))
            told = {"verdicts": [with_peers(each, self._peer) for each in children["verdicts"]]}
            owners.append(Hanging(Record(id=self._ids[AcquiredImage, guid]), guid, told, place, made=False))
        touched = add_children(self._unit, VERDICTS, owners=owners, failed=self._refuse)
        return Tally(added=touched, unchanged=len(owners) - touched)

    def _peer(self, guid: Any) -> int | None:
        """Return the id of an image that a verdict compared with, if it is in the archive."""
        return self._ids.get((AcquiredImage, guid)) if isinstance(guid, str) else None

    def _read(self, part: Part, batch: Batch) -> list[Hanging]:
        """Return the records of documents, but those that refer to what is nowhere."""
        found: dict[Any, Hanging] = {}
        for line, values in batch:
            try:
                refs = self._resolved(part, values)
                if refs is None:
                    continue
                record = record_of(part, values, refs=refs)
                guid = str(getattr(record, "guid", ""))
                record = self._as_copied(part, record)
                each = Hanging(record, guid, children_of(part, values), f"{part.name} line {line}")
            except ValueError as error:
                self._refuse(f"{part.name} line {line}", str(error))
            if found.setdefault(self._key(part, record), each) is not each:
                self._twice(part, line)
        return list(found.values())

    def _twice(self, part: Part, line: int) -> None:
        """Refuse a guid that occurs twice; what has none may occur so in a store, and once is enough."""
        if part.has_guid:
            self._refuse(f"{part.name} line {line}", "it is there twice")
        self.notes.append(f"line {line} of {part.name} is left out: it is there twice")

    def _resolved(self, part: Part, values: Document) -> dict[str, int | None] | None:
        """Return the ids of what a document refers to, or None where one that it needs is nowhere."""
        refs = values.get("refs", {})
        if not isinstance(refs, dict) or set(refs) - set(part.refs):
            raise ValueError("its refs are not known")
        ids = {name: self._id_of(part, name, guid=refs.get(name)) for name in part.refs}
        for name, found in ids.items():
            if found is None and part.kind.model_fields[name].is_required():
                if name not in part.outside:
                    raise ValueError(f"{name} refers to {refs.get(name)!r}, which is not in the archive")
                self.notes.append(f"a record of {part.name} is left out: its {name[:-3]} {refs.get(name)} is not here")
                return None
        return ids

    def _id_of(self, part: Part, name: str, *, guid: Any) -> int | None:
        kind = part.refs[name]
        if guid is None:
            return None
        if not isinstance(guid, str):
            raise ValueError(f"{name} is no guid")
        if (kind, guid) in self._ids:
            return self._ids[kind, guid]
        # Only the profiles of others belong to a copy too: it must not count for their plans.
        if name not in part.outside or (self._space is not None and kind is not Profile):
            return None
        if (kind, guid) not in self._outside:
            found = self._unit.find(kind, guid=guid)
            self._outside[kind, guid] = None if found is None else found.id
        return self._outside[kind, guid]

    def _as_copied(self, part: Part, record: Record) -> Record:
        if self._space is None or not part.has_guid or part.shared:
            return record
        changes: dict[str, Any] = {"guid": self._guid(str(getattr(record, "guid", "")))}
        if isinstance(record, Target):
            for name in ("override_order", "filter_cadence"):
                items = getattr(record, name)
                changes[name] = [
                    item.model_copy(update={"plan_guid": self._guid(item.plan_guid)}) if item.plan_guid else item
                    for item in items
                ]
            turns = record.smart_turns
            taken = {self._guid(guid): count for guid, count in turns.taken.items()}
            changes["smart_turns"] = turns.model_copy(update={"taken": taken})
        return record.model_copy(update=changes)

    def _guid(self, guid: str) -> str:
        return guid if self._space is None else str(uuid5(self._space, guid))

    def _key(self, part: Part, record: Record) -> Any:
        if part.has_guid:
            return getattr(record, "guid", "")
        names = part.key or tuple(name for name in part.kind.model_fields if name != "id")
        return tuple(repr(getattr(record, name)) for name in names)

    def _stored(self, part: Part, records: Sequence[Record]) -> dict[Any, Record]:
        if part.has_guid:
            found = self._unit.list(part.kind, guid=[getattr(each, "guid", "") for each in records])
        else:
            first = next(iter(part.refs))
            found = self._unit.list(part.kind, **{first: sorted({getattr(each, first) for each in records})})
        return {self._key(part, each): each for each in found}

    def _add(self, part: Part, new: Sequence[Hanging]) -> None:
        if part.shared or part.kind is Profile:
            for each in new:
                each.record = self._named_apart(part, each.record)
        plain = [_uncounted(each.record) for each in new]
        for each, record in zip(new, self._unit.add_many(plain), strict=True):
            each.record = record
            self._note_profile(record)

    def _named_apart(self, part: Part, record: Record) -> Record:
        """Return a record with a name that no other has, within the whole store."""
        name = str(getattr(record, "name", ""))
        free = free_name(name, [str(getattr(other, "name", "")) for other in self._unit.list(part.kind)])
        if free == name:
            return record
        self.notes.append(f"there is another {part.kind.__name__.lower()} {name!r}, so this one is called {free!r}")
        return record.model_copy(update={"name": free})

    def _update(self, part: Part, before: Record, *, each: Hanging) -> bool:
        after = each.record.model_copy(update={"id": before.id})
        each.record = before
        if part.kept:
            return False
        self._check_owner(part, before)
        if values_but(before, *COUNTERS) == values_but(after, *COUNTERS):
            self._note_profile(before)
            return False
        self._unit.update(after)
        self._note_profile(after)
        each.record = after
        return True

    def _note_profile(self, record: Record) -> None:
        if isinstance(record, Profile):
            if self.profile is not None:
                self._refuse("profiles", "it holds more than one")
            self.profile = record.id

    def _check_owner(self, part: Part, record: Record) -> None:
        """Refuse to take over what is stored under another profile."""
        owner = self._profile_of(record)
        if owner is not None and owner != self.profile:
            name = self._unit.get(Profile, owner).name
            what = str(getattr(record, "name", getattr(record, "guid", "")))
            self._refuse(part.name, f"{what!r} belongs to profile {name!r} here; import it with --as-copy")

    def _profile_of(self, record: Record) -> int | None:
        if isinstance(record, ExposurePlan):
            return self._profile_of(self._unit.get(Target, record.target_id))
        if isinstance(record, Target):
            return self._unit.get(Project, record.project_id).profile_id
        owner: int | None = getattr(record, "profile_id", None)
        return None if isinstance(record, Contribution) else owner

    def _refuse(self, place: str, why: str) -> NoReturn:
        raise InputError(f"{self._name}: {place}: {why}; nothing was changed")


def _uncounted(record: Record) -> Record:
    zero: Mapping[str, int] = dict.fromkeys(COUNTERS, 0)
    return record.model_copy(update=zero) if isinstance(record, ExposurePlan) else record
