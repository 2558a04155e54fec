"""Delete a record of the catalogue with what hangs on it, and say before what goes and what stays.

What goes is a list of conditions. The preview counts them and deleting follows them, so the two say the same. Files
on disk always stay (SEMANTICS, Deleting).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tsplug.errors import InputError
from tsplug.model import (
    AcquiredImage,
    Contribution,
    CountAdjustment,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FrameSolution,
    Job,
    JobStep,
    KeptHeader,
    Lease,
    LitPanel,
    Profile,
    Project,
    Record,
    Site,
    StatusChange,
    Target,
    Thumbnail,
    TrainedFlat,
    Value,
    Verdict,
)
from tsplug.ports import Ids, Store, Unit, ids_of
from tsplug.services.catalogue_drafts import Request, find_within
from tsplug.services.catalogue_plans import forget_orders
from tsplug.services.lookup import KINDS


class Deletion(Value):
    """What goes with a record, and what stays, counted by what it is; and whether it is gone."""

    kind: str
    id: int
    name: str
    goes: dict[str, int]
    stays: dict[str, int]
    notes: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True)
class _Going:
    """Records of one kind that go, in the words of the preview."""

    words: str
    kind: type[Record]
    equals: Mapping[str, object]


@dataclass
class _Cascade:
    """What goes, in an order in which nothing refers to what is gone, and what stays."""

    going: list[_Going] = field(default_factory=list)
    stays: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    orders_of: Target | None = None
    also: dict[type[Record], tuple[Ids, ...]] = field(default_factory=dict)

    def add(self, words: str, kind: type[Record], **equals: object) -> None:
        """Let records go after those that were added before."""
        self.going.append(_Going(words, kind, equals))

    def add_any(self, words: str, kind: type[Record], **equals: object) -> None:
        """Let records go, and with them those of the kind that go also; each is counted once."""
        self.add(words, kind, id=[ids_of(kind, **equals), *self.also.get(kind, ())])


def preview_deletion(request: Request, store: Store) -> Deletion:
    """Return what `delete_record` would remove and leave, without changing anything.

    Raises:
        NotFoundError: there is no such record.
        InputError: something that stays needs it; the text says what to do first.
    """
    with store.read() as unit:
        record, cascade = _planned(unit, request)
        counts = [(each.words, unit.count(each.kind, **each.equals)) for each in cascade.going]
        return _deletion(request, record, cascade=cascade, counts=counts)


def delete_record(request: Request, store: Store) -> Deletion:
    """Remove a record with what hangs on it, in one unit, and return what went.

    Images and thumbnails go with their target or project if the preference of the project's own profile says so;
    otherwise their records stay with the names they had. No file is touched.

    Raises:
        NotFoundError: there is no such record.
        InputError: something that stays needs it; the text says what to do first.
    """
    with store.write() as unit:
        record, cascade = _planned(unit, request)
        counts = [(each.words, unit.delete_all(each.kind, **each.equals)) for each in cascade.going]
        done = _deletion(request, record, cascade=cascade, counts=counts)
        if cascade.orders_of is not None and isinstance(record, ExposurePlan):
            forget_orders(unit, cascade.orders_of)
        return done.model_copy(update={"deleted": True})


def _planned(unit: Unit, request: Request) -> tuple[Record, _Cascade]:
    record = find_within(unit, KINDS[request.kind], name=request.name, profile=request.profile)
    cascade = _Cascade()
    _RULES[type(record)](unit, record, cascade=cascade)
    return record, cascade


def _deletion(request: Request, record: Record, *, cascade: _Cascade, counts: list[tuple[str, int]]) -> Deletion:
    goes: dict[str, int] = {}
    for words, number in counts:
        goes[words] = goes.get(words, 0) + number
    if cascade.orders_of is not None:
        target = cascade.orders_of
        goes |= {"places in orders of exposures": len(target.override_order) + len(target.filter_cadence)}
    return Deletion(
        kind=request.kind,
        id=record.id or 0,
        name=str(getattr(record, "name", request.name)),
        goes={words: number for words, number in goes.items() if number},
        stays={words: number for words, number in cascade.stays.items() if number},
        notes=tuple(cascade.notes),
    )


def _site(unit: Unit, site: Site, *, cascade: _Cascade) -> None:
    profiles = unit.list(Profile, site_id=site.id)
    if profiles:
        names = ", ".join(repr(each.name) for each in profiles)
        raise InputError(f"profile {names} stands at site {site.name!r}: give it another site first")
    cascade.add("sites", Site, id=site.id)


def _profile(unit: Unit, profile: Profile, *, cascade: _Cascade) -> None:
    _refuse_used_templates(unit, ids_of(ExposureTemplate, profile_id=profile.id), owner=profile)
    projects, sets = ids_of(Project, profile_id=profile.id), ids_of(FlatSet, profile_id=profile.id)
    cascade.also = {
        Lease: (ids_of(Lease, profile_id=profile.id),),
        LitPanel: (ids_of(LitPanel, profile_id=profile.id),),
        Contribution: (ids_of(Contribution, profile_id=profile.id),),
        FlatHistory: (ids_of(FlatHistory, profile_id=profile.id), ids_of(FlatHistory, flat_set_id=sets)),
    }
    _add_projects(unit, projects, cascade=cascade, images=profile.planner.delete_images_with_target)
    cascade.add("templates", ExposureTemplate, profile_id=profile.id)
    cascade.add("trained flats", TrainedFlat, profile_id=profile.id)
    cascade.stays["flat files"] = unit.count(FlatSetFile, flat_set_id=sets)
    cascade.add("flat records", FlatSetFile, flat_set_id=sets)
    cascade.add("flat sets", FlatSet, profile_id=profile.id)
    cascade.add("profiles", Profile, id=profile.id)


def _project(unit: Unit, project: Project, *, cascade: _Cascade) -> None:
    preference = unit.get(Profile, project.profile_id).planner.delete_images_with_target
    _add_projects(unit, ids_of(Project, id=project.id), cascade=cascade, images=preference)


def _add_projects(unit: Unit, projects: Ids, *, cascade: _Cascade, images: bool) -> None:
    targets = ids_of(Target, project_id=projects)
    _add_plans(ids_of(ExposurePlan, target_id=targets), cascade)
    _add_images(unit, cascade, images=images, project_id=projects)
    cascade.add_any("flat history entries", FlatHistory, target_id=targets)
    cascade.add("targets", Target, project_id=projects)
    cascade.add_any("contributions", Contribution, project_id=projects)
    cascade.add("projects", Project, **projects.equals)


def _target(unit: Unit, target: Target, *, cascade: _Cascade) -> None:
    profile = unit.get(Profile, unit.get(Project, target.project_id).profile_id)
    _add_plans(ids_of(ExposurePlan, target_id=target.id), cascade)
    _add_images(unit, cascade, images=profile.planner.delete_images_with_target, target_id=target.id)
    cascade.add("flat history entries", FlatHistory, target_id=target.id)
    cascade.orders_of = target
    cascade.add("targets", Target, id=target.id)


def _plan(unit: Unit, plan: ExposurePlan, *, cascade: _Cascade) -> None:
    _add_plans(ids_of(ExposurePlan, id=plan.id), cascade)
    images = unit.count(AcquiredImage, plan_id=plan.id)
    cascade.stays |= {"images": images, "image files": images}
    if images:
        cascade.notes.append("the images keep their target; no plan counts them any more")
    cascade.orders_of = unit.get(Target, plan.target_id)


def _template(unit: Unit, template: ExposureTemplate, *, cascade: _Cascade) -> None:
    _refuse_used_templates(unit, ids_of(ExposureTemplate, id=template.id), owner=template)
    cascade.add("templates", ExposureTemplate, id=template.id)


def _refuse_used_templates(unit: Unit, templates: Ids, *, owner: Profile | ExposureTemplate) -> None:
    """Refuse to delete templates that plans which stay are made from."""
    plans = unit.list(ExposurePlan, template_id=templates)
    targets = unit.list(Target, id=sorted({plan.target_id for plan in plans}))
    if isinstance(owner, Profile):
        own = {project.id for project in unit.list(Project, profile_id=owner.id)}
        targets = [target for target in targets if target.project_id not in own]
    if targets:
        names = ", ".join(repr(target.name) for target in targets[:5]) + (", ..." if len(targets) > 5 else "")
        word = "profile" if isinstance(owner, Profile) else "template"
        raise InputError(
            f"{word} {owner.name!r} is needed by plans of {names}: delete these plans, or give them another template"
        )


def _add_plans(plans: Ids, cascade: _Cascade) -> None:
    # Before the images: what a plan counted need not be accounted for once it is gone.
    cascade.add_any("leases", Lease, plan_id=plans)
    cascade.add("count adjustments", CountAdjustment, plan_id=plans)
    cascade.add("plans", ExposurePlan, **plans.equals)


def _add_images(unit: Unit, cascade: _Cascade, *, images: bool, **equals: object) -> None:
    number = unit.count(AcquiredImage, **equals)
    cascade.stays["image files"] = number
    if not images:
        cascade.stays["images"] = number
        if number:
            cascade.notes.append("the profile's preference planner.delete_images_with_target is off: images stay")
        return
    own = ids_of(AcquiredImage, **equals)
    jobs = ids_of(Job, image_id=own)
    cascade.add("job steps", JobStep, job_id=jobs)
    cascade.add("jobs", Job, image_id=own)
    cascade.add("thumbnails", Thumbnail, image_id=own)
    cascade.add("kept headers", KeptHeader, image_id=own)
    cascade.add("solutions", FrameSolution, image_id=own)
    cascade.add("verdicts", Verdict, image_id=own)
    cascade.add("status changes", StatusChange, image_id=own)
    cascade.add("images", AcquiredImage, **equals)


_RULES: dict[type[Record], Callable[..., None]] = {
    Site: _site,
    Profile: _profile,
    Project: _project,
    Target: _target,
    ExposureTemplate: _template,
    ExposurePlan: _plan,
}
