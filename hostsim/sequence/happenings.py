"""What happens to a Scheduler Container, and the instructions that its author has for it: none lost, none twice."""

from __future__ import annotations

from hostsim.sequence.containers import EventLists, EventName
from hostsim.sequence.host import Host
from hostsim.sequence.pointing import point_again
from hostsim.sequence.state import Aim, Happening, Stage
from hostsim.sequence.telling import tell_complete
from tsplug.instructions import SchedulerContainer

# Those whose instructions run between two exposures of a target.
_AMID_A_TARGET: tuple[EventName, ...] = ("before_target", "after_exposure")


class Happenings:
    """Keeps what happened in the journal until its instructions have run.

    An instruction of a list that is interrupted runs anew when the night goes on, as any other does; those before it do
    not.
    """

    def __init__(self, host: Host, lists: EventLists, *, half_turn: bool) -> None:
        """Run the lists of one container; nothing runs yet."""
        self._host = host
        self._lists = lists
        self._half_turn = half_turn

    def add(self, *events: EventName, target: Aim | None = None) -> None:
        """Add what happened, to be kept with whatever the journal keeps next."""
        self._stage.pending += [Happening(event=event, target=target) for event in events]

    def run(self) -> bool:
        """Run the instructions of all that has happened; return whether there were any.

        Raises:
            InstructionFailedError: one of them failed; it runs again when the night goes on.
            Cancelled: a stop was asked for.
        """
        ran = False
        while self._stage.pending:
            happening = self._stage.pending[0]
            items = self._lists.of(happening.event)
            # Asked before the list: where the store cannot be reached, that has not run yet.
            completes = self._completes(happening)
            if items:
                self._host.run_within(items, ("events", happening.event))
                ran = True
            following = self._following(happening) if completes else []
            self._stage.pending[:1] = following
            if items:
                self._host.journal.save()
            if items and not following:
                self._aim_again(happening)
        return ran

    @property
    def due(self) -> bool:
        """Return whether a list is to run, or to be gone on with."""
        return any(self._lists.of(each.event) for each in self._stage.pending)

    def cut_short(self) -> None:
        """Forget a list before a target's first exposure: it comes again when the target has been pointed at anew."""
        state = self._host.journal.state
        if self._stage.pending and self._stage.pending[0].event == "before_target":
            del self._stage.pending[0], state.cursor[self._host.depth + 1 :]
            state.repeats = 0

    @property
    def _stage(self) -> Stage:
        return self._host.journal.state.stage

    def _completes(self, happening: Happening) -> bool:
        target = happening.target
        if happening.event != "after_exposure" or target is None:
            return False
        return SchedulerContainer().is_complete(target.guid, self._host.session)

    def _following(self, happening: Happening) -> list[Happening]:
        target = happening.target
        assert target is not None
        self._host.display.note(f"{target.name} is complete")
        tell_complete(target, self._host)
        return [Happening(event="after_target_complete", target=target)]

    def _aim_again(self, happening: Happening) -> None:
        """Point at the target again where a list between two of its exposures has moved the telescope.

        Not with the profile's ``slew_and_center`` off: then the lists point.
        """
        target, stage = happening.target, self._stage
        if not self._host.profile.planner.slew_and_center:
            return
        if happening.event in _AMID_A_TARGET and stage.on_target and target is not None:
            point_again(target, self._host, half_turn=self._half_turn)
