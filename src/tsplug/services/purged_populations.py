"""What a purge takes from graders: frames taken alike of which too few stay to compare new ones with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tsplug.flats.rotation import rotation_classes
from tsplug.grading.population import MINIMUM_PEERS
from tsplug.grading.setup import SETUP
from tsplug.model import ExposurePlan, ExposureTemplate, GradingStatus, Profile, Project, Target, Value
from tsplug.ports import ImageQuery, Unit
from tsplug.services.statistical_grader import peers_wanted

_PLAN_AND_RIG = SETUP.index("plan_id"), SETUP.index("profile_id")
_WORDS = {
    "exposure_s": "{:g} s",
    "gain": "gain {}",
    "offset": "offset {}",
    "binning": "{0}x{0}",
    "roi_percent": "ROI {:g} %",
    "readout_mode": "readout mode {}",
}

Counts = Mapping[tuple[object, ...], int]
"""How many frames there are of each setup, rotation and status."""


class WeakenedPopulation(Value):
    """Frames of a plan that were taken alike, and that get too few to compare new ones with.

    ``taken`` says how: exposure, gain, offset, binning, ROI, readout mode and rotation.
    """

    plan_id: int
    target: str
    template: str
    taken: str
    before: int
    after: int


def weakened(unit: Unit, query: ImageQuery) -> Iterator[WeakenedPopulation]:
    """Yield the populations that have enough frames, and have too few without those that a query describes."""
    plans = [key for key in unit.tally(query, by="plan_id") if key is not None]
    for plan in unit.list(ExposurePlan, id=plans):
        project = unit.get(Project, unit.get(Target, plan.target_id).project_id)
        if project.grading_enabled:
            yield from _of_plan(unit, plan, owner=unit.get(Profile, project.profile_id), query=query)


def _of_plan(unit: Unit, plan: ExposurePlan, *, owner: Profile, query: ImageQuery) -> Iterator[WeakenedPopulation]:
    by = (*SETUP, "rotation_deg", "status")
    before = _populations(unit, owner, counts=unit.tally_alike(ImageQuery(plan_id=plan.id), by=by))
    going = unit.tally_alike(query.model_copy(update={"plan_id": plan.id}), by=by)
    for population in sorted(before, key=lambda each: _taken(next(iter(each)))):
        count = sum(population.values())
        after = count - sum(going.get(key, 0) for key in population)
        if after < MINIMUM_PEERS <= count:
            yield WeakenedPopulation(
                plan_id=plan.id or 0,
                target=unit.get(Target, plan.target_id).name,
                template=unit.get(ExposureTemplate, plan.template_id).name,
                taken=_taken(next(iter(population))),
                before=count,
                after=after,
            )


def _populations(unit: Unit, owner: Profile, *, counts: Counts) -> list[Counts]:
    """Return the counts of frames that are compared with each other, those apart that are not."""
    found: defaultdict[tuple[object, ...], dict[tuple[object, ...], int]] = defaultdict(dict)
    for key, number in counts.items():
        found[key[: len(SETUP)]][key] = number
    return [part for alike in found.values() for part in _turned_alike(unit, owner, alike=alike)]


def _turned_alike(unit: Unit, owner: Profile, *, alike: Counts) -> list[Counts]:
    rig_id = next(iter(alike))[_PLAN_AND_RIG[1]]
    choice = peers_wanted(unit.find(Profile, id=rig_id) or owner, owner)
    peers = {key: number for key, number in alike.items() if choice.takes_rejected or key[-1] != GradingStatus.REJECTED}
    angles = {key: _angle(key) for key in peers}
    classes = rotation_classes(angles.values(), tolerance_deg=choice.rotation_tolerance_deg)
    parts: defaultdict[float | None, dict[tuple[object, ...], int]] = defaultdict(dict)
    for key, number in peers.items():
        parts[classes[angles[key]]][key] = number
    return list(parts.values())


def _angle(key: tuple[object, ...]) -> float | None:
    angle = key[-2]
    return angle if isinstance(angle, float) else None


def _taken(key: tuple[object, ...]) -> str:
    told = dict(zip(SETUP, key, strict=False))
    if told["roi_percent"] == 100.0:
        told["roi_percent"] = None
    words = [text.format(told[name]) for name, text in _WORDS.items() if told[name] is not None]
    angle = _angle(key)
    return ", ".join(words if angle is None else [*words, f"{round(angle) % 360} deg"])
