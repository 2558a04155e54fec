"""What an author of a sequence with a second camera may not have meant: nothing wrong, but worth a look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hostsim.sequence.document import Sequence


def second_camera_notes(sequence: Sequence) -> Iterator[str]:
    """Yield a line about each template that is used otherwise than its author may think, or never."""
    second = sequence.second_camera
    if second is None:
        return
    first = _by_name(sequence.catalogue.get("templates") or [])
    own, wheel = _by_name(second.templates), second.profile.get("filters") or []
    for name, template in own.items():
        partner = first.get(name)
        if first and partner is None:
            yield f"template {name!r} of the second camera is never used: the first one has none of that name"
        elif partner is not None and template["filter_name"] != partner["filter_name"] in wheel:
            yield (
                f"template {name!r} exposes {template['filter_name']} with the second camera and "
                f"{partner['filter_name']} with the first: both count for the same plan"
            )
    for name in first.keys() - own.keys():
        yield f"the second camera takes nothing beside exposures of {name!r}: it has no template of that name"


def _by_name(templates: list[dict[str, Any]]) -> Mapping[str, dict[str, Any]]:
    return {template["name"]: template for template in templates}
