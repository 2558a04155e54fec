"""Says why an image got its grade: its verdicts with every number behind them, and its audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tsplug.grading.combine import Rule, combine
from tsplug.grading.contribution import contribution_of
from tsplug.model import (
    AcquiredImage,
    FileMove,
    GraderVerdict,
    GradingStatus,
    StatusChange,
    UngradedPolicy,
    Verdict,
)
from tsplug.ports import Store
from tsplug.services.image_list import image_row
from tsplug.services.lookup import find_named
from tsplug.services.other_graders import last_cleared
from tsplug.services.regrade_writing import BY as REGRADE


def explain_image(store: Store, name: str) -> dict[str, Any]:
    """Return an image (by id or guid) with its verdicts, oldest first, its changes of status and moves, as JSON types.

    ``manual`` says whether its status was set by hand, which no grader changes, ``rule`` in words which rule made the
    status of the verdicts: None where there are none, or where they do not come to the status it has. A verdict that is
    ``earlier`` was made before the status was last cleared, and decides nothing any more. Checks of the
    statistical grader also tell their ``contribution``: by how many spreads the value lies to the bad side of the
    centre, what is granted taken off, on the scale on which it is judged; how many are ``allowed``; what the values
    of peers were ``set_right_for``; and ``would_pass``: the worst value that would have passed, None where no value is
    tested.

    Raises:
        NotFoundError: there is no such image.
    """
    with store.read() as unit:
        image = find_named(unit, AcquiredImage, name=name)
        verdicts = unit.list(Verdict, image_id=image.id)
        changes = unit.list(StatusChange, image_id=image.id)
        moves = unit.list(FileMove, image_id=image.id)
    return {
        "image": image_row(image),
        "manual": image.manual,
        "rule": _rule(image, verdicts, changes=changes),
        "measure_error": image.measure_error,
        "verdicts": [_told(verdict, image) | {"earlier": _is_earlier(verdict, changes)} for verdict in verdicts],
        "history": [change.model_dump(mode="json", exclude={"id", "image_id"}) for change in changes],
        "moves": [move.model_dump(mode="json", exclude={"id", "image_id"}) for move in moves],
    }


def _rule(image: AcquiredImage, verdicts: Sequence[Verdict], *, changes: Sequence[StatusChange]) -> str | None:
    if image.manual:
        return Rule.MANUAL.value
    # A grader that is no longer asked leaves its verdict behind; the trail names those that decided.
    deciding = _deciding(changes)
    asked = [each for each in verdicts if not _is_earlier(each, changes)]
    named = [each for each in asked if each.grader in deciding]
    if deciding and not named and image.status is not GradingStatus.PENDING:
        return None
    # The policy may have been another then; what it was shows in the status of a frame that nobody judged.
    policy = UngradedPolicy.COUNT if image.status is GradingStatus.ACCEPTED else UngradedPolicy.HOLD
    found = combine([_as_said(each, image) for each in named or asked], policy)
    return found.rule.value if found.rule is not None and found.status is image.status else None


def _deciding(changes: Sequence[StatusChange]) -> list[str]:
    """Return who made the last change of status; nobody where all verdicts did, or where none was made yet."""
    if not changes or changes[-1].by == REGRADE or changes[-1].from_status is None:
        return []
    return changes[-1].by.split(", ")


def _is_earlier(verdict: Verdict, changes: Sequence[StatusChange]) -> bool:
    """Return whether a verdict was made before the status was last cleared, so that it decides nothing any more."""
    cleared = last_cleared(changes)
    return cleared is not None and verdict.judged_at < cleared


def _as_said(verdict: Verdict, image: AcquiredImage) -> GraderVerdict:
    said = verdict.model_dump(exclude={"id", "image_id", "judged_at"})
    return GraderVerdict(image_guid=image.guid, **said)


def _told(verdict: Verdict, image: AcquiredImage) -> dict[str, Any]:
    told = verdict.model_dump(mode="json", exclude={"id", "image_id"})
    checks = verdict.inputs.get("checks")
    if isinstance(checks, list):
        known = [each for each in checks if isinstance(each, Mapping)]
        by_hfr = any(each.get("metric") == "hfr" for each in known)
        told["inputs"] = told["inputs"] | {"checks": [_weighed(each, image, by_hfr=by_hfr) for each in known]}
    return told


def _weighed(check: Mapping[str, Any], image: AcquiredImage, *, by_hfr: bool) -> dict[str, Any]:
    """Return a check with its contribution, how much of that is allowed, and what would have passed."""
    found = contribution_of(check, image, by_hfr=by_hfr)
    return {
        **check,
        "contribution": None if found is None else found.spreads,
        "allowed": None if found is None else found.allowed,
        "set_right_for": [] if found is None else list(found.set_right_for),
        "would_pass": _worst_passing(check),
    }


def _worst_passing(check: Mapping[str, Any]) -> float | None:
    """Return the end of what passes that a value is beyond, else the one to its bad side; None where nothing passes."""
    value: float | None = check.get("value")
    lower: float | None = check.get("lower")
    upper: float | None = check.get("upper")
    if lower is None or upper is None:
        return upper if lower is None else lower
    if lower > upper:
        return None
    return upper if value is not None and value > upper else lower
