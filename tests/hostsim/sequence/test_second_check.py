"""What a sequence with a second camera is asked about."""

from __future__ import annotations

import pytest

from hostsim.sequence.document import Sequence
from hostsim.sequence.second_check import second_camera_notes

UNUSED = "template 'R' of the second camera is never used: the first one has none of that name"
NOTHING = "the second camera takes nothing beside exposures of 'Ha': it has no template of that name"
OTHER = "template 'Ha' exposes R with the second camera and Ha with the first: both count for the same plan"


def template(name: str, filter_name: str) -> dict[str, str]:
    return {"name": name, "filter_name": filter_name}


@pytest.mark.parametrize(
    ("first", "own", "notes"),
    [
        ([template("Ha", "Ha")], [template("Ha", "Ha")], []),
        # A colour camera has no such filter.
        ([template("L", "L")], [template("L", "OSC")], []),
        ([template("Ha", "Ha")], [template("Ha", "R")], [OTHER]),
        ([template("Ha", "Ha")], [template("R", "R")], [UNUSED, NOTHING]),
        # They may be in the store.
        ([], [template("R", "R")], []),
        (None, None, []),
    ],
)
def test_templates_that_do_not_go_together_are_told(
    first: list[dict[str, str]] | None, own: list[dict[str, str]] | None, notes: list[str]
) -> None:
    """Neither is an error: filters have other names in another wheel, and a template may be for another night."""
    profile = {"name": "Wide", "filters": ["R", "Ha", "OSC"]}
    document = {
        "name": "n",
        "start": "2026-01-15T17:00:00Z",
        "catalogue": {} if first is None else {"templates": first},
    }
    beside = {} if own is None else {"second_camera": {"profile": profile, "templates": own}}
    run = [{"type": "park"}]
    assert list(second_camera_notes(Sequence.model_validate({**document, **beside, "run": run}))) == notes
