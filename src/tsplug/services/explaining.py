"""Says why an image got its grade: its verdicts with every number behind them, and its audit trail."""

from __future__ import annotations

from typing import Any

from tsplug.model import AcquiredImage, StatusChange, Verdict
from tsplug.ports import Store
from tsplug.services.image_list import image_row
from tsplug.services.lookup import find_named


def explain_image(store: Store, name: str) -> dict[str, Any]:
    """Return an image (by id or guid) with its verdicts, oldest first, and its changes of status, as JSON types.

    Raises:
        NotFoundError: there is no such image.
    """
    with store.read() as unit:
        image = find_named(unit, AcquiredImage, name=name)
        verdicts = unit.list(Verdict, image_id=image.id)
        changes = unit.list(StatusChange, image_id=image.id)
    return {
        "image": image_row(image),
        "verdicts": [verdict.model_dump(mode="json", exclude={"id", "image_id"}) for verdict in verdicts],
        "history": [change.model_dump(mode="json", exclude={"id", "image_id"}) for change in changes],
    }
