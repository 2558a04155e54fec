"""Exposure plans among their neighbours: their templates, their target's order of exposures, their counters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tsplug.errors import InputError
from tsplug.model import (
    Counter,
    ExposurePlan,
    ExposureTemplate,
    OrderAction,
    OrderItem,
    Profile,
    Target,
)
from tsplug.model.naming import free_name
from tsplug.ports import Unit
from tsplug.services.catalogue_drafts import Draft


def forget_orders(unit: Unit, target: Target) -> tuple[str, ...]:
    """Clear what refers to a target's plans, because their set changed; return what was cleared, in words."""
    cleared = [
        words
        for words, items in (
            ("override order", target.override_order),
            ("filter cadence", target.filter_cadence),
        )
        if items
    ]
    if not cleared:
        return ()
    target.override_order = []
    target.filter_cadence = []
    unit.update(target)
    return (f"cleared the {' and '.join(cleared)} of target {target.name!r}, because its plans changed",)


def parsed_order(unit: Unit, target: Target, *, text: str) -> list[OrderItem]:
    """Return an order of exposures from words by comma: names or ids of the target's plans, and ``dither``.

    Raises:
        InputError: a word is neither.
    """
    if text.strip().lower() in ("", "none"):
        return []
    plans = unit.list(ExposurePlan, target_id=target.id)
    names = {each.id: each.name for each in unit.list(ExposureTemplate, id=[plan.template_id for plan in plans])}
    order = []
    for word in (part.strip() for part in text.split(",")):
        if word.lower() == OrderAction.DITHER:
            order.append(OrderItem(action=OrderAction.DITHER))
            continue
        fits = [plan for plan in plans if word in (names[plan.template_id], plan.guid)]
        fits = fits or [plan for plan in plans if word == str(plan.id)]
        if len(fits) != 1:
            known = ", ".join(f"{names[plan.template_id]} (plan {plan.id})" for plan in plans) or "none"
            raise InputError(f"{word!r} is not one plan of the target nor dither; its plans: {known}")
        order.append(OrderItem(action=OrderAction.EXPOSURE, plan_guid=fits[0].guid))
    return order


def order_words(unit: Unit, items: Sequence[Mapping[str, Any]]) -> str:
    """Return an order of exposures as `parsed_order` reads it: the plans' templates by name, and ``dither``."""
    plans = unit.list(ExposurePlan, guid=[item["plan_guid"] for item in items if item["plan_guid"]])
    templates = {each.id: each.name for each in unit.list(ExposureTemplate, id=[plan.template_id for plan in plans])}
    names = {plan.guid: templates[plan.template_id] for plan in plans}
    return ", ".join(names.get(item["plan_guid"], item["action"]) for item in items)


def set_accepted(draft: Draft, plan: ExposurePlan, *, wanted: int) -> None:
    """Set how many exposures of a plan count as accepted, with the adjustment that accounts for the difference."""
    delta = wanted - plan.accepted
    if delta:
        draft.unit.adjust_counter(plan.id or 0, Counter.ACCEPTED, delta=delta, why="edited", at=draft.now)


def rehome(draft: Draft, plans: Iterable[ExposurePlan], *, profile: Profile) -> tuple[list[ExposurePlan], list[str]]:
    """Return plans with templates of another profile: its own of the same name and filter, else copies made for it.

    The plans are not stored. A filter that the profile lacks is a problem of the draft.
    """
    unit = draft.unit
    moved: dict[int, ExposureTemplate] = {}
    notes: list[str] = []
    rehomed = []
    for plan in plans:
        if plan.template_id not in moved:
            template = unit.get(ExposureTemplate, plan.template_id)
            moved[plan.template_id] = _counterpart(draft, template, profile=profile, notes=notes)
        rehomed.append(plan.model_copy(update={"template_id": moved[plan.template_id].id}))
    return rehomed, notes


def _counterpart(draft: Draft, template: ExposureTemplate, *, profile: Profile, notes: list[str]) -> ExposureTemplate:
    if template.profile_id == profile.id:
        return template
    own = draft.unit.list(ExposureTemplate, profile_id=profile.id)
    for each in own:
        if (each.name, each.filter_name) == (template.name, template.filter_name):
            return each
    if lacks_filter(profile, template.filter_name):
        draft.given.wrong(
            "profile", f"{profile.name!r} has no filter {template.filter_name!r}, which template {template.name!r} uses"
        )
        return template
    name = free_name(template.name, [each.name for each in own])
    notes.append(f"copied template {name!r} to profile {profile.name!r}")
    fresh = ExposureTemplate(
        **(template.model_dump(exclude={"id", "guid"}) | {"profile_id": profile.id or 0, "name": name})
    )
    return draft.unit.add(fresh)


def lacks_filter(profile: Profile, name: str) -> bool:
    """Return whether a profile tells its filters and this is none of them."""
    return bool(profile.filters) and name not in profile.filters


def check_filter(draft: Draft, template: ExposureTemplate) -> None:
    """Note a problem where a template's filter is not in its profile's wheel; names are compared exactly."""
    profile = draft.unit.find(Profile, id=template.profile_id)
    if profile is not None and lacks_filter(profile, template.filter_name):
        only = ", ".join(profile.filters)
        draft.given.wrong(
            "filter_name", f"profile {profile.name!r} has no filter {template.filter_name!r}, only {only}"
        )
