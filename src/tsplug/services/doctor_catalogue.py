"""What must hold of the catalogue: counters, orders of exposures, filters, identities and contributions."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from tsplug.model import (
    Contribution,
    CountAdjustment,
    Counter,
    ExposurePlan,
    ExposureTemplate,
    Profile,
    Project,
    Record,
    Site,
    Target,
    TrainedFlat,
)
from tsplug.ports import Unit
from tsplug.services.catalogue_plans import forget_orders
from tsplug.services.doctor_ledger import Ledger, Problem, every, unread
from tsplug.services.doctor_planning import check_planned
from tsplug.services.site_zones import far_zone_words, guessed_zone_words, zone_command


def check_counters(unit: Unit, ledger: Ledger, *, counted: Tally[tuple[int, Counter]]) -> None:
    """Check that counters are what images count and adjustments add."""
    sums = counted.copy()
    for adjustment in every(unit, CountAdjustment, ledger=ledger):
        sums[adjustment.plan_id, adjustment.counter] += adjustment.delta
    for plan in every(unit, ExposurePlan, ledger=ledger):
        for counter, found in ((Counter.ACQUIRED, plan.acquired), (Counter.ACCEPTED, plan.accepted)):
            wanted = max(0, sums[plan.id or 0, counter])
            ledger.check(
                None
                if found == wanted
                else Problem(
                    invariant=f"{counter.value} equals counted images plus adjustments",
                    subject=f"plan {plan.id} ({plan.guid})",
                    found=str(found),
                    expected=str(wanted),
                    fix="tsplug doctor --fix counts again",
                ),
                mend=partial(_count_again, plan_id=plan.id or 0),
            )


def check_catalogue(unit: Unit, ledger: Ledger) -> None:
    """Check orders of exposures, filters, identities and contributions."""
    for _ in every(unit, TrainedFlat, ledger=ledger):
        ledger.check()
    _check_zones(unit, ledger)
    check_planned(unit, ledger)
    owners = {project.id or 0: project.profile_id for project in every(unit, Project, ledger=ledger)}
    filters = {profile.id or 0: (profile.name, profile.filters) for profile in every(unit, Profile, ledger=ledger)}
    _check_orders(unit, ledger)
    _check_filters(unit, ledger, filters=filters)
    for named in (Site, Profile, Project, Target, ExposureTemplate, ExposurePlan):
        _check_guids(unit, named, ledger=ledger)
    for link in every(unit, Contribution, ledger=ledger):
        own = owners.get(link.project_id) == link.profile_id
        ledger.check(
            Problem(
                invariant="only other profiles contribute to a project",
                subject=f"Contribution {link.id}",
                found=f"profile {link.profile_id} owns project {link.project_id}",
                expected="another profile",
                fix="tsplug doctor --fix removes it",
            )
            if own
            else None,
            mend=partial(_remove_contribution, key=link.id or 0),
        )


def _count_again(unit: Unit, _now: datetime, *, plan_id: int) -> str:
    before = unit.find(ExposurePlan, id=plan_id)
    if before is None:
        return ""
    unit.recount(plan_id)
    after = unit.get(ExposurePlan, plan_id)
    if (before.acquired, before.accepted) == (after.acquired, after.accepted):
        return ""
    return (
        f"plan {plan_id}: acquired {before.acquired} -> {after.acquired},"
        f" accepted {before.accepted} -> {after.accepted}"
    )


def _check_orders(unit: Unit, ledger: Ledger) -> None:
    plans: dict[str, int] = {plan.guid: plan.target_id for plan in every(unit, ExposurePlan, ledger=unread())}
    for target in every(unit, Target, ledger=ledger):
        items = (*target.override_order, *target.filter_cadence)
        strange = {each.plan_guid for each in items if each.plan_guid and plans.get(each.plan_guid) != target.id}
        ledger.check(
            Problem(
                invariant="an order of exposures names plans of its own target",
                subject=f"target {target.id} ({target.name})",
                found=", ".join(sorted(strange)),
                expected="plans of the target",
                fix="tsplug doctor --fix clears the order; the planner's own takes its place",
            )
            if strange
            else None,
            mend=partial(_clear_order, target_id=target.id or 0),
        )


def _clear_order(unit: Unit, _now: datetime, *, target_id: int) -> str:
    target = unit.find(Target, id=target_id)
    return (
        "" if target is None or not forget_orders(unit, target) else f"target {target_id}: order of exposures cleared"
    )


def _check_zones(unit: Unit, ledger: Ledger) -> None:
    for site in every(unit, Site, ledger=ledger):
        found = far_zone_words(site) or guessed_zone_words(site)
        ledger.warn(
            Problem(
                invariant="a site has the time zone of its place",
                subject=f"site {site.id} ({site.name})",
                found=found,
                expected="an IANA name such as Europe/Zurich",
                fix=zone_command(site),
            )
            if found
            else None
        )


def _check_filters(unit: Unit, ledger: Ledger, *, filters: Mapping[int, tuple[str, list[str]]]) -> None:
    for template in every(unit, ExposureTemplate, ledger=ledger):
        name, wheel = filters.get(template.profile_id, ("", []))
        ledger.warn(
            Problem(
                invariant="the filter of a template is in its profile's wheel",
                subject=f"template {template.id} ({template.name})",
                found=template.filter_name,
                expected=f"one of {', '.join(wheel)}",
                fix=f"tsplug template edit {template.id} filter_name=NAME, or tsplug profile edit {name!r} filters=...",
            )
            if wheel and template.filter_name not in wheel
            else None
        )


def _check_guids(unit: Unit, kind: type[Record], *, ledger: Ledger) -> None:
    # The database refuses a guid that is there already, letter by letter; other programs ignore capitals.
    known: dict[str, int] = {}
    for record in every(unit, kind, ledger=unread()):
        guid = str(getattr(record, "guid", "")).casefold()
        ledger.check(
            Problem(
                invariant="no two records have the same guid",
                subject=f"{kind.__name__} {record.id}",
                found=f"the guid of {kind.__name__} {known[guid]}",
                expected="a guid of its own",
                fix="delete one of them, or restore a backup",
            )
            if guid in known
            else None
        )
        known[guid] = record.id or 0


def _remove_contribution(unit: Unit, _now: datetime, *, key: int) -> str:
    return f"Contribution {key} removed" if unit.delete_all(Contribution, id=key) else ""
