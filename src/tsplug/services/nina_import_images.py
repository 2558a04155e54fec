"""Acquired images and thumbnails of a Target Scheduler database on their way into the store, batch by batch."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tsplug.model import AcquiredImage, GradingStatus, Profile, PurgedImage, Thumbnail
from tsplug.nina.database.building import built
from tsplug.nina.database.codecs import GRADING, decode_moment, decode_text
from tsplug.nina.database.fields import Complaint, Row, named_filter
from tsplug.nina.database.identity import Identities
from tsplug.nina.database.metadata import read_metadata, settle_start
from tsplug.nina.database.pictures import media_type, size_px
from tsplug.services.nina_import_catalogue import Catalogue
from tsplug.services.nina_import_grades import Carried, begin_trails, by_hand, carry_grades
from tsplug.services.nina_upsert import ImportRun, Incoming

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass
class Images:
    """What was carried: ids by those of the database, what the images count for, and which profiles turn cameras."""

    ids: dict[int, int] = field(default_factory=dict)
    counted: Tally[tuple[int, GradingStatus]] = field(default_factory=Tally)
    present: Tally[int] = field(default_factory=Tally)
    """How many images of a plan are both here and in the database."""
    recount: set[int] = field(default_factory=set)
    """Plans with new images, which nobody counted yet."""
    turning: set[int | None] = field(default_factory=set)
    purged: set[int] = field(default_factory=set)
    """Rows that were imported once and purged here since; their plans count them by an adjustment."""

    def note(self, kept: Iterable[Carried]) -> None:
        """Remember what a batch of images means for plans and profiles."""
        for each in kept:
            if each.image.plan_id is not None:
                self.counted[each.image.plan_id, each.status] += 1
                self.present[each.image.plan_id] += 1
                self.recount |= {each.image.plan_id} if each.new else set()
            if each.image.rotation_deg is not None:
                self.turning.add(each.image.profile_id)

    def note_purged(self, each: Incoming) -> None:
        """Remember what an image that stays away means: the same as if it were here."""
        self.purged.add(each.row_id)
        if each.given.get("plan_id") is not None:
            self.counted[each.given["plan_id"], each.initial["status"]] += 1
        if each.given.get("rotation_deg") is not None:
            self.turning.add(each.given.get("profile_id"))


def import_images(run: ImportRun, catalogue: Catalogue) -> Images:
    """Store every acquired image; return what the rest of the import needs to know of them."""
    images, identities = Images(), Identities("acquiredimage")
    for rows in run.batches("acquiredimage"):
        read = [_incoming(run, catalogue, row=row, identities=identities) for row in rows]
        incoming = _without_purged(run, read, images=images)
        saved = run.save(AcquiredImage, "acquiredimage", incoming=incoming, merge=_merged)
        kept = [
            Carried(record, each.initial["status"], each.initial["reject_reason"], place in saved.new)
            for place, (each, record) in enumerate(zip(incoming, saved.records, strict=True))
            if record is not None
        ]
        images.ids |= {row_id: record.id or 0 for row_id, record in saved.by_row(incoming).items()}
        images.note(kept)
        begin_trails(run, kept)
        carry_grades(run, kept)
    if images.purged:
        what = f"{len(images.purged)} images that were purged here"
        run.ledger.complaint("acquiredimage")(what, "they stay away while their target is here, and keep counting")
    return images


def import_thumbnails(run: ImportRun, images: Images) -> None:
    """Store every thumbnail of an image that was carried."""
    for rows in run.batches("imagedata"):
        owners = {images.ids[row["acquiredimageid"]] for row in rows if row["acquiredimageid"] in images.ids}
        stored = {(each.image_id, each.tag): each for each in run.unit.list(Thumbnail, image_id=sorted(owners))}
        new: dict[tuple[int, str], Thumbnail] = {}
        for row in rows:
            if row["acquiredimageid"] in images.purged:
                run.ledger.count("imagedata", "unchanged")
                continue
            complain = run.ledger.complaint("imagedata", row["id"])
            given = _thumbnail(row, images, complain=complain)
            key = None if given is None else (given["image_id"], given["tag"])
            if given is None or key is None:
                continue
            if key in new:
                complain(f"thumbnail of image {row['acquiredimageid']}", "another with the same tag is carried")
            elif key in stored:
                run.change(stored[key], given, table="imagedata", row_id=row["id"])
            elif (record := built(Thumbnail, {}, given=given, complain=complain)) is not None:
                new[key] = record
        run.unit.add_many(list(new.values()))
        run.ledger.count("imagedata", "added", number=len(new))


def _without_purged(run: ImportRun, read: list[Incoming], *, images: Images) -> list[Incoming]:
    """Return rows but those whose images were purged here and have not come back by another way."""
    guids = sorted({guid for each in read for guid in (each.guid, each.derived)})
    purged = {line.guid for line in run.unit.list(PurgedImage, guid=guids)}
    if not purged:
        return read
    purged -= {image.guid for image in run.unit.list(AcquiredImage, guid=sorted(purged))}
    away = [each for each in read if {each.guid, each.derived} & purged]
    for each in away:
        images.note_purged(each)
    run.ledger.count("acquiredimage", "unchanged", number=len(away))
    return [each for each in read if each.row_id not in images.purged]


def _incoming(run: ImportRun, catalogue: Catalogue, *, row: Row, identities: Identities) -> Incoming:
    complain = run.ledger.complaint("acquiredimage", row["id"])
    filter_name = named_filter(row, complain=complain)
    metadata = read_metadata(row.get("metadata"), filter_name, complain=complain)
    started = _started(row, metadata.started, complain=complain)
    settle_start(metadata, started)
    file = metadata.fields.pop("file")
    given = {
        **metadata.fields,
        "filter_name": filter_name,
        "started": started,
        "acquired": started + timedelta(seconds=metadata.fields["exposure_s"]),
        "metrics": metadata.metrics,
        "extra": metadata.extra,
    }
    named, unnamed = _references(catalogue, row, complain=complain)
    status, reason = _status(row, complain=complain), decode_text(row.get("rejectreason") or "")
    initial = {
        **unnamed,
        "file": file,
        "status": status,
        "reject_reason": reason,
        "manual": by_hand(status, reason),
    }
    return Incoming(row["id"], *identities.of(row), given | named, initial)


def _started(row: Row, written: datetime | None, *, complain: Complaint) -> datetime:
    """Return when the exposure began: Target Scheduler's ``acquireddate`` is its start."""
    try:
        return decode_moment(row.get("acquireddate"))
    except ValueError as error:
        instead = written or _EPOCH
        complain(f"acquireddate {row.get('acquireddate')!r}", f"{error}; {instead:%Y-%m-%d %H:%M:%S} UTC stands in")
        return instead


def _status(row: Row, *, complain: Complaint) -> GradingStatus:
    try:
        status: GradingStatus = GRADING.decode(row.get("gradingstatus"))
    except ValueError as error:
        complain(f"gradingStatus {row.get('gradingstatus')!r}", f"{error}; pending stands in")
        return GradingStatus.PENDING
    return status


def _references(catalogue: Catalogue, row: Row, *, complain: Complaint) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what an image belongs to: what is there, and names for what is not, which only a new record takes."""
    named: dict[str, Any] = {}
    unnamed: dict[str, Any] = {}
    project, target = catalogue.projects.get(row["projectid"]), catalogue.targets.get(row["targetid"])
    plan = catalogue.plans.get(row.get("exposureid"))  # type: ignore[arg-type]
    for kind, record in (("project", project), ("target", target)):
        if record is None:
            unnamed[f"{kind}_name"] = _gone(kind, row[f"{kind}id"], complain=complain)
        else:
            named |= {f"{kind}_id": record.id, f"{kind}_name": record.name}
    if plan is None and row.get("exposureid"):
        _gone("plan", row["exposureid"], complain=complain)
    if plan is not None:
        named |= {"plan_id": plan.id, "template_name": catalogue.template_names.get(plan.template_id, "")}
    profile = _profile(catalogue, row)
    if profile is None:
        unnamed["profile_name"] = ""
    else:
        named |= {"profile_id": profile.id, "profile_name": profile.name}
    return named, unnamed


def _gone(kind: str, key: int, *, complain: Complaint) -> str:
    """Return a name for something that is no longer there; 0 never was."""
    if not key:
        return f"(deleted {kind})"
    complain(f"{kind} {key} of an image", f"the {kind} was deleted; the image is carried without it")
    return f"(deleted {kind} {key})"


def _profile(catalogue: Catalogue, row: Row) -> Profile | None:
    """Return the profile that took an image; before version 10 only its project tells."""
    value = row.get("profileid")
    return catalogue.profiles.of(value) if value else catalogue.owners.get(row["projectid"])


def _merged(existing: AcquiredImage, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep what tsplug found out about an image: what it measured itself wins over what N.I.N.A. wrote."""
    older, newer = (
        (existing.metrics, given["metrics"]) if existing.detector is None else (given["metrics"], existing.metrics)
    )
    return {**given, "metrics": {**older, **newer}, "extra": {**existing.extra, **given["extra"]}}


def _thumbnail(row: Row, images: Images, *, complain: Complaint) -> dict[str, Any] | None:
    data = row.get("imagedata")
    image_id = images.ids.get(row["acquiredimageid"])
    if image_id is None or not isinstance(data, bytes) or not data:
        why = "its image is not there" if image_id is None else "it is empty"
        complain(f"thumbnail of image {row['acquiredimageid']}", why)
        return None
    width, height = row.get("width") or 0, row.get("height") or 0
    if width < 1 or height < 1:
        width, height = size_px(data) or (0, 0)
    if width < 1 or height < 1:
        complain(f"size of the thumbnail of image {row['acquiredimageid']}", "nothing tells it; 1 x 1 stands in")
        width = height = 1
    return {
        "image_id": image_id,
        "tag": decode_text(row.get("tag") or ""),
        "media_type": media_type(data),
        "width_px": width,
        "height_px": height,
        "data": data,
    }
