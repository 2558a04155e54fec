"""Import of a list of targets into a project, with plans for those that are new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tsplug.errors import InputError, NotFoundError
from tsplug.model import ExposurePlan, OrderItem, Profile, Project, Target, Value, new_guid
from tsplug.ports import Clock, Store, Unit
from tsplug.services.catalogue_drafts import find_within, in_one_unit
from tsplug.services.lookup import find_named
from tsplug.services.template_lookup import template_of_profile
from tsplug.targets import ListedTarget, RowProblem, TargetList

_SHOWN = 5


class WantedPlan(Value):
    """A plan that every new target gets; ``exposure_s`` None takes the template's."""

    template: str
    desired: int = 1
    exposure_s: float | None = None


class TargetsRequest(Value):
    """Where a list goes and how: the project is made in the profile if it is not there.

    ``like`` names a target of the same profile whose plans and order of exposures new targets get too.
    """

    file: str
    project: str
    profile: str = ""
    update: bool = False
    strict: bool = False
    plans: tuple[WantedPlan, ...] = ()
    like: str = ""


class TargetRow(Value):
    """What became of a row: added, updated, unchanged, or skipped because the project has that name."""

    line: int
    name: str
    done: str
    id: int | None


class TargetsImport(Value):
    """What an import of a list did, row by row, and the rows that were no targets."""

    file: str
    project: str
    project_made: bool
    mosaic: bool
    epoch: str
    dry_run: bool
    rows: tuple[TargetRow, ...]
    plans_added: int = 0
    problems: tuple[RowProblem, ...] = ()

    def count(self, done: str) -> int:
        """Return how many rows became that."""
        return sum(row.done == done for row in self.rows)


def import_targets(
    listed: TargetList, store: Store, *, request: TargetsRequest, clock: Clock, dry_run: bool = False
) -> TargetsImport:
    """Store the targets of a list in one unit; rows that are none are reported.

    Raises:
        InputError: no row is a target, or not all are and ``strict`` wants all; nothing is changed.
        NotFoundError: there is no such profile, template or target to be like.
    """
    if listed.problems and (request.strict or not listed.targets):
        raise InputError(_refusal(listed, request))
    return in_one_unit(
        store,
        lambda unit: _Import(unit, request, clock.now()).run(listed, dry_run=dry_run),
        dry_run=dry_run,
    )


@dataclass
class _Import:
    """One import in one unit."""

    unit: Unit
    request: TargetsRequest
    now: datetime

    def run(self, listed: TargetList, *, dry_run: bool) -> TargetsImport:
        """Store what is new or changed."""
        project, made = self._project(mosaic=listed.mosaic)
        there = {each.name: each for each in self.unit.list(Target, project_id=project.id)}
        drafts = self._drafts(project)
        new = [each for each in listed.targets if each.name not in there]
        stored = self.unit.add_many([_new(each, project) for each in new])
        plans = self._add_plans(stored, drafts)
        rows = {
            # The id of what a dry run undoes is nobody's.
            target.name: _row(each, target, done="added").model_copy(update={"id": None if dry_run else target.id})
            for each, target in zip(new, stored, strict=True)
        }
        for each in listed.targets:
            if each.name in there:
                rows[each.name] = self._known(each, there[each.name])
        return TargetsImport(
            file=self.request.file,
            project=project.name,
            project_made=made,
            mosaic=listed.mosaic,
            epoch=listed.epoch.value,
            dry_run=dry_run,
            rows=tuple(rows[each.name] for each in listed.targets),
            plans_added=plans,
            problems=listed.problems,
        )

    def _project(self, *, mosaic: bool) -> tuple[Project, bool]:
        """Return the project, made where there is none, and whether it was."""
        chosen = find_named(self.unit, Profile, name=self.request.profile) if self.request.profile else None
        try:
            project = find_within(self.unit, Project, name=self.request.project, profile=self.request.profile)
        except NotFoundError:
            return self._made(chosen, mosaic=mosaic), True
        if chosen is not None and project.profile_id != chosen.id:
            return self._made(chosen, mosaic=mosaic), True
        if mosaic and not project.is_mosaic:
            project = project.model_copy(update={"is_mosaic": True})
            self.unit.update(project)
        return project, False

    def _made(self, chosen: Profile | None, *, mosaic: bool) -> Project:
        name = " ".join(self.request.project.split())
        if not name:
            raise InputError("the project needs a name: --project NAME")
        profile = chosen or self._only_profile()
        return self.unit.add(Project(profile_id=profile.id or 0, name=name, created_at=self.now, is_mosaic=mosaic))

    def _only_profile(self) -> Profile:
        profiles = self.unit.list(Profile)
        if len(profiles) != 1:
            names = ", ".join(each.name for each in profiles)
            raise InputError(
                f"the project {self.request.project!r} is new: give --profile, one of: {names}"
                if profiles
                else "the store has no profile yet: import one, or add it with `tsplug profile add`"
            )
        return profiles[0]

    def _drafts(self, project: Project) -> list[tuple[Target | None, list[ExposurePlan]]]:
        """Return what new targets get: plans of a target to be like, with its order, and the wanted ones."""
        wanted = [
            ExposurePlan(
                target_id=0,
                template_id=template_of_profile(self.unit, project.profile_id, name=plan.template).id or 0,
                desired=plan.desired,
                exposure_s=plan.exposure_s,
            )
            for plan in self.request.plans
        ]
        if not self.request.like:
            return [(None, wanted)]
        like = find_within(self.unit, Target, name=self.request.like, profile=self.request.profile)
        if self.unit.get(Project, like.project_id).profile_id != project.profile_id:
            raise InputError(f"target {like.name!r} is of another profile; its plans cannot be taken over")
        return [(like, self.unit.list(ExposurePlan, target_id=like.id)), (None, wanted)]

    def _add_plans(self, targets: Sequence[Target], drafts: Sequence[tuple[Target | None, list[ExposurePlan]]]) -> int:
        added = []
        for target in targets:
            for like, plans in drafts:
                guids = {plan.guid: new_guid() for plan in plans}
                added += [_copied(plan, target, guid=guids[plan.guid]) for plan in plans]
                if like is not None and like.override_order:
                    order = [_moved(item, guids) for item in like.override_order]
                    self.unit.update(target.model_copy(update={"override_order": order}))
        self.unit.add_many(added)
        return len(added)

    def _known(self, each: ListedTarget, target: Target) -> TargetRow:
        changed = target.model_copy(update=_given(each))
        if changed == target:
            return _row(each, target, done="unchanged")
        if not self.request.update:
            return _row(each, target, done="skipped")
        self.unit.update(changed)
        return _row(each, target, done="updated")


def _new(each: ListedTarget, project: Project) -> Target:
    return Target(project_id=project.id or 0, name=each.name, **_given(each))


def _given(each: ListedTarget) -> dict[str, Any]:
    """Return the fields that a row states."""
    given = {name: getattr(each, name) for name in ("ra_hours", "dec_deg", "rotation_deg", "roi_percent")}
    return {name: value for name, value in given.items() if value is not None}


def _copied(plan: ExposurePlan, target: Target, *, guid: str) -> ExposurePlan:
    zero = {"id": None, "guid": guid, "target_id": target.id, "acquired": 0, "accepted": 0}
    return plan.model_copy(update=zero)


def _moved(item: OrderItem, guids: dict[str, str]) -> OrderItem:
    return item.model_copy(update={"plan_guid": guids.get(item.plan_guid or "")})


def _row(each: ListedTarget, target: Target, *, done: str) -> TargetRow:
    return TargetRow(line=each.line, name=each.name, done=done, id=target.id)


def _refusal(listed: TargetList, request: TargetsRequest) -> str:
    total = len(listed.problems) + len(listed.targets)
    said = "; ".join(f"line {each.line} ({each.name}): {each.why}" for each in listed.problems[:_SHOWN])
    more = f"; and {len(listed.problems) - _SHOWN} more" if len(listed.problems) > _SHOWN else ""
    why = ", and --strict takes all or none" if listed.targets else ""
    number = f"{len(listed.problems)} of {total} rows" if total > 1 else "the only row"
    verb = "is no target" if len(listed.problems) == 1 else "are no targets"
    return f"{request.file}: {number} {verb}{why}; nothing was changed: {said}{more}"
