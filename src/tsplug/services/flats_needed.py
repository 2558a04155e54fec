"""Whether flats are needed that can be taken: what a loop in a sequence asks before each pass."""

from __future__ import annotations

from tsplug.flats.correction import flagged_in_a_row
from tsplug.flats.steps import PlannedSet
from tsplug.model import FlatInstruction, FlatNeeds, FlatSet, FlatSetFile
from tsplug.model.night import session_date
from tsplug.ports import Context
from tsplug.services.flats_check import flat_obstacles
from tsplug.services.flats_run import planned_run
from tsplug.services.rigs import load_rig

_FLAGGED_OFTEN = 2


def flats_needed(event: FlatInstruction, context: Context) -> FlatNeeds:
    """Return how many sets an instruction would need, how many of them can be taken, and why the others cannot.

    A set whose level was wrong with the trained and with the corrected exposure in this night is not possible any more:
    taken again it would come out the same. One whose correction held stays possible.

    Raises:
        NotFoundError: no such profile.
    """
    with context.store.read() as unit:
        rig = load_rig(unit, event.profile_guid)
        night = session_date(context.clock.now(), rig.site)
        sets = unit.list(FlatSet, profile_id=rig.profile.id, night=night)
        frames = unit.count(FlatSetFile, flat_set_id=[item.id for item in sets])
    _, plan = planned_run(event, context, rig=rig)
    tolerance_deg = rig.profile.flats.rotation_tolerance_deg
    hopeless = [
        item
        for item in plan.sets
        if flagged_in_a_row(sets, item.take.spec, tolerance_deg=tolerance_deg) >= _FLAGGED_OFTEN
    ]
    impossible = [item.reason for item in (*plan.skipped, *plan.failed)] + [_hopeless(item) for item in hopeless]
    possible = len(plan.sets) - len(hopeless)
    obstacles = flat_obstacles(context) if possible else []
    return FlatNeeds(
        needed=len(plan.sets) + len(plan.skipped) + len(plan.failed),
        possible=0 if obstacles else possible,
        impossible=tuple(dict.fromkeys([*impossible, *obstacles])),
        frames=frames,
    )


def _hopeless(planned: PlannedSet) -> str:
    spec = planned.take.spec
    return (
        f"the flats of {spec.filter_name} had the wrong level {_FLAGGED_OFTEN} times this night: "
        "train the panel anew for this filter"
    )
