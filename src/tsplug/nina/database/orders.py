"""Orders of exposures: between items that point at places of a list, and items that name a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tsplug.model import CadenceItem, OrderAction, OrderItem
from tsplug.nina.database.codecs import decode_whole
from tsplug.nina.database.fields import Complaint

_DITHER = 1


def order_items(
    rows: Iterable[Mapping[str, Any]], plans: Sequence[str | None], *, complain: Complaint
) -> list[OrderItem]:
    """Return a target's override order.

    Args:
        rows: its items, in any order.
        plans: guids of its plans by id, None for one that was not carried.
        complain: told of items that point at no plan.
    """
    return [OrderItem(action=action, plan_guid=guid) for _, action, guid in _resolved(rows, plans, complain=complain)]


def cadence_items(
    rows: Iterable[Mapping[str, Any]], plans: Sequence[str | None], *, complain: Complaint
) -> list[CadenceItem]:
    """Return how far a target's rotation of filters came; arguments as those of `order_items`."""
    return [
        CadenceItem(action=action, plan_guid=guid, next=bool(row.get("next")))
        for row, action, guid in _resolved(rows, plans, complain=complain)
    ]


def item_columns(items: Sequence[OrderItem], plans: Sequence[str]) -> list[dict[str, Any]]:
    """Return the columns of items, with places in the plans by id; items of plans that are gone are left out."""
    places = {guid: place for place, guid in enumerate(plans)}
    kept = [item for item in items if item.action is OrderAction.DITHER or item.plan_guid in places]
    return [
        {
            "order": number,
            "action": int(item.action is OrderAction.DITHER),
            "referenceIdx": -1 if item.plan_guid is None else places.get(item.plan_guid, -1),
        }
        | ({"next": int(item.next)} if isinstance(item, CadenceItem) else {})
        for number, item in enumerate(kept, start=1)
    ]


def _resolved(
    rows: Iterable[Mapping[str, Any]], plans: Sequence[str | None], *, complain: Complaint
) -> list[tuple[Mapping[str, Any], OrderAction, str | None]]:
    resolved: list[tuple[Mapping[str, Any], OrderAction, str | None]] = []
    for row in sorted(rows, key=lambda row: (row.get("order") or 0, row.get("id") or 0)):
        if row.get("action") == _DITHER:
            resolved.append((row, OrderAction.DITHER, None))
            continue
        guid = _plan_at(row.get("referenceidx"), plans) if row.get("action") == 0 else None
        if guid is None:
            what = f"item {row.get('order')} (action {row.get('action')}, plan place {row.get('referenceidx')})"
            complain(what, "it names no plan of the target; the item is left out")
            continue
        resolved.append((row, OrderAction.EXPOSURE, guid))
    return resolved


def _plan_at(place: Any, plans: Sequence[str | None]) -> str | None:
    try:
        number = decode_whole(place)
    except ValueError:
        return None
    return plans[number] if 0 <= number < len(plans) else None
