"""Export of a profile with everything that is its own, part by part and page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tsplug.model import (
    AcquiredImage,
    Contribution,
    CriteriaSet,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    FlatSet,
    Profile,
    Project,
    Record,
    Site,
    Target,
    Thumbnail,
    TrainedFlat,
    Value,
)
from tsplug.nina.database.identity import copied_guid
from tsplug.ports import ArchiveSink, Clock, Document, ImageQuery, Progress, Store, Unit, ids_of
from tsplug.services.archive_parts import IMAGES, PARTS, VERDICTS, Part, document, with_peers
from tsplug.services.nina_image_pages import image_pages
from tsplug.services.nina_upsert import batches_of


class ArchiveExport(Value):
    """What an export wrote: documents by part."""

    file: str
    profile: str
    guid: str
    thumbnails: bool
    parts: dict[str, int]


@dataclass(frozen=True)
class ExportRequest:
    """What is exported where to, by which version of tsplug; ``thumbnails`` may be left out, they are most of it."""

    file: str
    profile_id: int
    written_by: str
    thumbnails: bool = True


def export_profile(
    sink: ArchiveSink, store: Store, *, request: ExportRequest, clock: Clock, progress: Progress
) -> ArchiveExport:
    """Write everything of a profile as it is at one moment.

    That is its site, preferences, templates, projects with targets and plans, trained flats, flats and their history,
    every light it took or that counts in its projects, and all criteria sets. Jobs and leases are not of the profile.
    """
    with store.read() as unit:
        profile = unit.get(Profile, request.profile_id)
        run = _Run(unit, profile, progress, request.thumbnails)
        counts = {part.name: sink.write(part.name, run.documents(part)) for part in PARTS}
    sink.finish(
        {
            "tsplug": request.written_by,
            "exported_at": clock.now().isoformat(),
            "profile": {"guid": profile.guid, "name": profile.name},
            "thumbnails": request.thumbnails,
        }
    )
    return ArchiveExport(
        file=request.file, profile=profile.name, guid=profile.guid, thumbnails=request.thumbnails, parts=counts
    )


@dataclass
class _Run:
    """One export in one unit, which remembers the guids of what is referred to."""

    unit: Unit
    profile: Profile
    progress: Progress
    thumbnails: bool
    guids: dict[tuple[type[Record], int], str] = field(default_factory=dict)

    def documents(self, part: Part) -> Iterator[Document]:
        """Yield the documents of a part."""
        for page in batches_of(self._records(part)):
            children = self._children(part, page)
            for record in page:
                refs = self._refs(part, record)
                made = document(part, record, refs=refs, children=children[record.id])
                if part is not VERDICTS:
                    yield made
                elif "children" in made:
                    made["children"]["verdicts"] = [
                        with_peers(each, self._peer) for each in made["children"]["verdicts"]
                    ]
                    yield made

    def _records(self, part: Part) -> Iterable[Record]:
        if part.kind is ExposureTemplate:
            return self._templates()
        return self._images() if part in (IMAGES, VERDICTS) else _SCOPES[part.name](self.unit, self.profile)

    def _templates(self) -> list[ExposureTemplate]:
        """Return the profile's templates, and as its own a copy of every other that a plan of it uses.

        Without them an archive would refer to what it does not hold.
        """
        own = self.unit.list(ExposureTemplate, profile_id=self.profile.id)
        guids = {template.guid for template in own}
        used = {plan.template_id for plan in _plans(self.unit, self.profile)} - {template.id for template in own}
        for key in sorted(used):
            template = self.unit.get(ExposureTemplate, key)
            guid = copied_guid(template.guid, profile=self.profile.guid)
            self.guids[ExposureTemplate, key] = guid
            if guid not in guids:
                own.append(template.model_copy(update={"guid": guid, "profile_id": self.profile.id}))
        return own

    def _peer(self, key: Any) -> str | None:
        return self._guid(AcquiredImage, key) if isinstance(key, int) else None

    def _images(self) -> Iterator[Record]:
        """Yield the lights this profile took, and those of other profiles that count in its projects."""
        own = self.unit.count(IMAGES.kind, profile_id=self.profile.id)
        done = 0
        for page in image_pages(self.unit, among=ImageQuery(profile_id=self.profile.id)):
            self.guids.update({(AcquiredImage, image.id or 0): image.guid for image in page})
            yield from page
            done += len(page)
            if own > 2000:
                self.progress.report("writing images", done=done, total=own)
        for project in self.unit.list(Project, profile_id=self.profile.id):
            for page in image_pages(self.unit, among=ImageQuery(project_id=project.id)):
                yield from (image for image in page if image.profile_id != self.profile.id)

    def _refs(self, part: Part, record: Record) -> dict[str, str]:
        found = {}
        for name, kind in part.refs.items():
            key = getattr(record, name)
            guid = None if key is None else self._guid(kind, key)
            if guid is not None:
                found[name] = guid
        return found

    def _guid(self, kind: type[Record], key: int) -> str | None:
        """Return the guid of a record; nothing for a weak reference to what is gone."""
        if (kind, key) not in self.guids:
            record = self.unit.find(kind, id=key)
            self.guids[kind, key] = str(getattr(record, "guid", ""))
        return self.guids[kind, key] or None

    def _children(self, part: Part, page: Sequence[Record]) -> Mapping[int | None, Mapping[str, Sequence[Record]]]:
        owned: defaultdict[int | None, defaultdict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
        for name, child in part.children.items():
            if child.kind is Thumbnail and not self.thumbnails:
                continue
            for record in self.unit.list(child.kind, **{child.owner: [each.id for each in page]}):
                owned[getattr(record, child.owner)][name].append(record)
        return owned


def _contributions(unit: Unit, profile: Profile) -> list[Contribution]:
    links = unit.list(Contribution, project_id=ids_of(Project, profile_id=profile.id))
    return links + unit.list(Contribution, profile_id=profile.id)


def _plans(unit: Unit, profile: Profile) -> list[ExposurePlan]:
    targets = ids_of(Target, project_id=ids_of(Project, profile_id=profile.id))
    return unit.list(ExposurePlan, target_id=targets)


_SCOPES: dict[str, Callable[[Unit, Profile], Sequence[Record]]] = {
    "sites": lambda unit, profile: unit.list(Site, id=profile.site_id) if profile.site_id is not None else [],
    "profiles": lambda _, profile: [profile],
    "criteria_sets": lambda unit, _: unit.list(CriteriaSet),
    "projects": lambda unit, profile: unit.list(Project, profile_id=profile.id),
    "contributions": _contributions,
    "targets": lambda unit, profile: unit.list(Target, project_id=ids_of(Project, profile_id=profile.id)),
    "plans": _plans,
    "trained_flats": lambda unit, profile: unit.list(TrainedFlat, profile_id=profile.id),
    "flat_sets": lambda unit, profile: unit.list(FlatSet, profile_id=profile.id),
    "flat_history": lambda unit, profile: unit.list(FlatHistory, profile_id=profile.id),
}
# What is a profile's own, part by part; images come in pages.
