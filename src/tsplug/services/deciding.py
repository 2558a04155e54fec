"""Answers a host that asks what to image next: load, decide, and give the plan to the rig where others share it."""

from __future__ import annotations

from tsplug.model import Decision, DecisionRequest, Expose, NothingLeft, TakeExposure
from tsplug.planning import Situation
from tsplug.planning.decide import decide_on
from tsplug.ports import Context
from tsplug.services.kept_nights import kept_night
from tsplug.services.leases import take_lease
from tsplug.services.rig_records import RigRecords
from tsplug.services.rigs import Rig
from tsplug.services.scoring_rules import installed_rules
from tsplug.services.sharing import Holder, end_leases


def decide(request: DecisionRequest, context: Context) -> Decision:
    """Return what a rig does next: an exposure with its steps, a wait, or that nothing is left in this night.

    An exposure of a plan that several rigs share is given to this one for as long as it takes, so that no other takes
    it too; the next decision for the rig ends that, as does recording where nothing is left to grade. So it is among
    hosts of one profile that have names. Nothing is written where no rig shares and no host has one. The night is laid
    out once and kept in this process; each decision looks whether the store changed meanwhile, and brings it up to
    that. With reasons, which hosts hardly need, it takes far longer.

    Raises:
        NotFoundError: there is no such profile.
    """
    while True:
        look = _Looking(request, context)
        decision = look.choose()
        if look.take(decision):
            return decision
        # Another rig was quicker. What it took is not there at the next look, so this comes to an end.


def look_ahead(request: DecisionRequest, context: Context) -> Decision:
    """Return what `decide` would answer, for people to read: nothing is given to the rig, and nothing written.

    Raises:
        NotFoundError: there is no such profile.
    """
    return _Looking(request, context).choose()


class _Looking:
    """One look at the store for a rig, and what follows from it."""

    def __init__(self, request: DecisionRequest, context: Context) -> None:
        self._request = request
        self._context = context
        self._now = context.clock.now()
        self._records: RigRecords
        self._rig: Rig

    def choose(self) -> Decision:
        """Return the decision; nothing is written."""
        with kept_night(self._request.profile_guid) as kept:
            with self._context.store.read() as unit:
                self._records = kept.read(unit)
            board, site = kept.board(self._now, self._request)
            self._rig = Rig(board.profile, site)
            decision = decide_on(board, Situation(self._now, site, board.profile, board.outlook, self._request))
        if isinstance(decision, NothingLeft) and not board.candidates and self._records.targets.records:
            decision = decision.model_copy(update={"reason": "every target is left out: the host cannot image any"})
        lost = installed_rules().troubles
        return decision.model_copy(update={"notes": (*lost, *decision.notes)}) if lost else decision

    def take(self, decision: Decision) -> bool:
        """End what the rig holds and give it what was decided, if that is shared; return whether it has it."""
        holder = Holder(self._rig.profile, self._request.host)
        shared = isinstance(decision, TakeExposure) and (bool(holder.host) or self._is_shared(decision))
        if not (shared or self._records.holds_lease(holder)):
            return True
        with self._context.store.write() as unit:
            end_leases(unit, holder)
            if not isinstance(decision, TakeExposure) or not shared:
                return True
            exposure_s = sum(step.exposure_s for step in decision.steps if isinstance(step, Expose))
            return take_lease(unit, decision.plan_guid, holder=holder, exposure_s=exposure_s, now=self._now)

    def _is_shared(self, decision: TakeExposure) -> bool:
        return any(
            self._records.is_shared(target.project_id)
            for target in self._records.targets.records
            if target.guid == decision.target_guid
        )
