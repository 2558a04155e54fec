"""Import of an archived profile: all of it in one unit, by guid, or as a copy with guids of its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from tsplug.errors import InputError
from tsplug.model import Profile, Value
from tsplug.ports import ArchiveSource, Clock, Progress, Store, Unit
from tsplug.services.archive_loading import Loading
from tsplug.services.archive_parts import PARTS
from tsplug.services.catalogue_drafts import in_one_unit
from tsplug.services.nina_upsert import batches_of


class Manner(Value):
    """How an archive comes in: ``as_copy`` makes another profile of it, ``dry_run`` does everything and undoes it."""

    as_copy: bool = False
    dry_run: bool = False


class PartCount(Value):
    """What became of the documents of one part; ``unchanged`` ones were here already, or are kept as they are."""

    part: str
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: int = 0


class ArchiveImport(Value):
    """What an import of an archive did, part by part, and what is worth a word."""

    file: str
    profile: str
    guid: str
    as_copy: bool
    dry_run: bool
    parts: tuple[PartCount, ...]
    notes: tuple[str, ...] = ()

    @property
    def changes(self) -> int:
        """Return how many records were added or updated, with what hangs on them."""
        return sum(part.added + part.updated for part in self.parts)


def import_archive(
    source: ArchiveSource,
    store: Store,
    *,
    clock: Clock,
    progress: Progress,
    manner: Manner | None = None,
) -> ArchiveImport:
    """Bring an archived profile into the store and report what became of every part.

    Records are found again by guid. What the archive says of the catalogue wins over what is stored; images, flat sets,
    the site and criteria sets that are stored stay as they are, and only get what they lack. Counters follow images
    and adjustments. A copy has new guids throughout and changes nothing that is stored.

    Args:
        source: the archive.
        store: where to.
        clock: when counters were adjusted.
        progress: told of large parts.
        manner: whether records are found again or copied, and whether it counts.

    Raises:
        InputError: the archive is damaged or contradicts itself or the store; nothing is changed.
        StoreError: the store refused a change; nothing is changed.
    """
    manner = manner or Manner()

    def work(unit: Unit) -> ArchiveImport:
        loading = Loading(unit, source.name, now=clock.now(), as_copy=manner.as_copy)
        counts = _load(source, loading, progress=progress)
        loading.settle_counters()
        profile = loading.profile
        if profile is None:
            raise InputError(f"{source.name} holds no profile; nothing was changed")
        stored = unit.get(Profile, profile)
        return ArchiveImport(
            file=source.name,
            profile=stored.name,
            guid=stored.guid,
            as_copy=manner.as_copy,
            dry_run=manner.dry_run,
            parts=tuple(PartCount(part=name, **number) for name, number in counts.items()),
            notes=tuple(loading.notes),
        )

    return in_one_unit(store, work, dry_run=manner.dry_run)


def _load(source: ArchiveSource, loading: Loading, *, progress: Progress) -> dict[str, dict[str, Any]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for part in PARTS:
        done = 0
        for batch in batches_of(enumerate(source.read(part.name), start=1)):
            counts[part.name].update(loading.take(part, batch))
            counts[part.name]["read"] += len(batch)
            done += len(batch)
            if source.count(part.name) > 2000:
                progress.report(f"reading {part.name}", done=done, total=source.count(part.name))
    return {name: dict(number) for name, number in counts.items()}
