"""Runs a sequence, keeping its place, so that it can be stopped anywhere and go on from there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from collections.abc import Sequence as SequenceOf
from functools import partial

from hostsim.sequence.containers import Loop, Sequential
from hostsim.sequence.delivery import deliver
from hostsim.sequence.document import Sequence
from hostsim.sequence.errors import InstructionFailedError
from hostsim.sequence.host import Host
from hostsim.sequence.indoors import come_in
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.instructions import Item
from hostsim.sequence.nodes import Path, shown
from hostsim.sequence.outdoors import when_safe
from hostsim.sequence.shelter import TooLateInDayError, UnsafeError, check_safe, is_watched
from hostsim.sequence.state import Imaging, Place, Stage
from hostsim.sequence.store_patience import patiently
from tsplug import Cancelled, StoreUnavailableError, TsplugError
from tsplug.instructions import FlatsNeeded, SchedulerCondition

_log = logging.getLogger(__name__)

_WORK = {
    "targets_remain": SchedulerCondition.Parameters(of="targets"),
    "projects_remain": SchedulerCondition.Parameters(of="projects"),
}


class Runner:
    """Walks the tree of a sequence; its place is in the journal before and after every instruction."""

    def __init__(
        self,
        sequence: Sequence,
        host: Host,
        *,
        where: str,
        lines: dict[Path, int],
        at_end: Callable[[Host], None] = lambda host: None,
    ) -> None:
        """Run ``sequence`` of the file ``where``; ``lines`` tells the line of each instruction by its path.

        ``at_end`` is done after the last instruction, before the night counts as finished.
        """
        self._sequence = sequence
        self._host = host
        self._where = where
        self._lines = lines
        self._path: Path = ()
        self._within = 0
        self._at_end = at_end
        self._is_safe = False
        host.nested = self.nested

    def run(self) -> None:
        """Run what is left of the sequence.

        Raises:
            InstructionFailedError: an instruction failed, and the equipment was left safe.
            Cancelled: a stop was asked for, and the equipment was left safe.
            TsplugError: something else failed, and the equipment was left safe; the night is not finished then.
        """
        try:
            self._block(self._sequence.run, ("run",), depth=0)
            # Before a light is told of whose store cannot be reached: nobody looks after what is out any more.
            self._at_end(self._host)
            self._keep_promise()
        except (Exception, KeyboardInterrupt) as error:
            if not self._is_safe:
                self._host.warn(f"the night cannot go on; {self._safe(error)}")
                self._keep_time()
            raise
        self._host.journal.state.finished = True
        self._host.journal.save()

    def _keep_promise(self) -> None:
        """Record a light that an instruction left behind."""
        host, outbox = self._host, self._host.journal.state.outbox
        if outbox is None:
            return
        try:
            patiently(partial(deliver, outbox, host, resumed=True), host)
        except Cancelled as error:
            raise Cancelled(f"{error}; the same command goes on from here") from error
        if host.journal.state.outbox is not None:
            raise TsplugError("a frame cannot get its name: see to its folder, and run the same command again")

    def nested(self, items: SequenceOf[Item], place: Path) -> None:
        """Run a list that the present instruction holds at ``place``; its place is kept below the instruction's own.

        Raises:
            InstructionFailedError: one of the list failed; the equipment is not left safe yet.
            Cancelled: a stop was asked for; the equipment is not left safe yet.
        """
        host, path = self._host, self._path
        cursor, depth = host.journal.state.cursor, host.depth + 1
        self._within += 1
        try:
            self._block(items, (*path, *place), depth=depth)
        finally:
            self._within -= 1
            self._path, host.depth = path, depth - 1
        del cursor[depth:]

    def _block(self, items: SequenceOf[Item], path: Path, *, depth: int) -> None:
        cursor = self._host.journal.state.cursor
        first = cursor[depth].index if depth < len(cursor) else 0
        for index in range(first, len(items)):
            if depth == len(cursor):
                cursor.append(Place(index=index))
            self._item(items[index], (*path, index), depth=depth)
            del cursor[depth:]
            cursor.append(Place(index=index + 1))
            self._host.journal.save()

    def _item(self, item: Item, path: Path, *, depth: int) -> None:
        if isinstance(item, Loop):
            self._loop(item, path, depth=depth)
        elif isinstance(item, Sequential):
            self._block(item.run, (*path, "run"), depth=depth + 1)
        else:
            self._path, self._host.depth = path, depth
            try:
                self._instruction(item, path)
            finally:
                if not self._within:
                    # What a container wants of the meridian holds while it waits for its store too.
                    self._host.meridian = None

    def _loop(self, loop: Loop, path: Path, *, depth: int) -> None:
        cursor = self._host.journal.state.cursor
        place = cursor[depth]
        if loop.until is not None and place.ends is None:
            place.ends = self._host.moment_of(loop.until)
            self._host.journal.save()
        resumed = len(cursor) > depth + 1
        while resumed or self._again(loop, place):
            began = self._host.clock.now()
            self._block(loop.run, (*path, "run"), depth=depth + 1)
            place.iteration += 1
            del cursor[depth + 1 :]
            self._host.journal.save()
            # What an interruption left of a pass may well take no time.
            timeless = not resumed and self._host.clock.now() == began
            if timeless and loop.as_long_as in _WORK:
                self._host.warn(f"{shown(path)} (loop): the loop ends, for a pass took no time")
                return
            if timeless and loop.count is None and loop.as_long_as is None:
                raise InstructionFailedError(
                    f"{self._where}:{self._lines.get(path, 1)}: {shown(path)} (loop): a pass took no time, so the loop "
                    f"would never end: give it a count too; {self._safe()}"
                )
            resumed = False

    def _again(self, loop: Loop, place: Place) -> bool:
        if loop.count is not None and place.iteration >= loop.count:
            return False
        if place.ends is not None and self._host.clock.now() >= place.ends:
            return False
        if loop.as_long_as in _WORK:
            judge = partial(SchedulerCondition().judge, _WORK[loop.as_long_as], self._host.session)
            left = judge() if self._within else patiently(judge, self._host)
            self._host.display.note(f"{loop.as_long_as}: {left.reason}")
            return left.left
        return loop.as_long_as is None or self._flats_help(place)

    def _flats_help(self, place: Place) -> bool:
        """Return whether flats are needed and possible, and the last pass took any; say why the loop ends otherwise."""
        judged = [FlatsNeeded().judge(FlatsNeeded.Parameters(), each.session) for each in self._host.cameras]
        needed, possible = sum(each.needed for each in judged), sum(each.possible for each in judged)
        before, place.frames = place.frames, sum(each.frames for each in judged)
        why = ""
        if needed and not possible:
            why = "; ".join(line for each in judged for line in each.impossible)
        elif possible and before is not None and place.frames <= before:
            why = "the last pass took none"
        if needed and why:
            self._host.warn(f"{needed} flat sets are needed, {possible} possible, and no pass helps: {why}")
        return possible > 0 and not why

    def _instruction(self, instruction: Instruction, path: Path) -> None:
        place = f"{self._where}:{self._lines.get(path, 1)}: {shown(path)} ({instruction.type})"
        self._host.display.instruction(instruction.type)
        _log.info("%s begins", place)
        act = partial(self._carry_out, instruction, place)
        try:
            # Within another instruction that is begun again, and goes on with its list.
            act() if self._within else patiently(act, self._host)
        except Cancelled as error:
            if self._within:
                raise Cancelled(f"{place}: {error}") from error
            safe = self._safe(error)
            raise Cancelled(f"{place}: {error}; {safe}; the same command goes on from here") from error
        except KeyboardInterrupt:
            if self._within:
                raise
            _log.warning("%s interrupted at once; %s", place, self._safe())
            raise
        except InstructionFailedError as error:
            # One of its own lists failed: that says which, where and why.
            self._failed(instruction, str(error), error=error)
        except TsplugError as error:
            self._failed(instruction, f"{place}: {error}", error=error)
        except Exception as error:  # noqa: BLE001 - whatever a driver or plugin raises, the telescope must not track on
            _log.exception("%s failed unexpectedly", place)
            self._failed(instruction, f"{place}: unexpected {type(error).__name__}: {error}", error=error)

    def _carry_out(self, instruction: Instruction, place: str) -> None:
        self._look_around()
        if not instruction.is_outdoors(self._host):
            if not instruction.looks_itself:
                is_dry = getattr(instruction, "dry_run", False)
                come_in(self._host, is_long=instruction.is_long and not is_dry)
            instruction.run(self._host)
            return
        try:
            when_safe(partial(instruction.run, self._host), self._host, too_late=instruction.too_late)
        except TooLateInDayError as error:
            instruction.leave_out(self._host)
            self._host.journal.state.repeats = 0
            self._host.warn(f"{place}: {error}: left out")

    def _look_around(self) -> None:
        self._host.context.cancellation.check()
        if self._within and self._host.between is not None:
            if is_watched(self._host):
                check_safe(self._host)
            self._host.between()

    def _failed(self, instruction: Instruction, said: str, *, error: Exception) -> None:
        if isinstance(error, UnsafeError) and self._within and is_watched(self._host):
            # No failure: the container shelters, and its list goes on from here when it is safe.
            raise error
        if isinstance(error, StoreUnavailableError) and self._within:
            raise error
        if instruction.on_error == "continue":
            self._host.journal.state.repeats = 0
            if not self._within:
                self._host.journal.state.stage = Stage()
            self._host.warn(f"{said}; going on")
            return
        if self._within:
            raise InstructionFailedError(said) from error
        message = f"{said}; {self._safe(error)}"
        _log.error("%s", message)
        self._keep()
        raise InstructionFailedError(message) from error

    def _keep(self) -> None:
        """Keep what time it is and how the equipment was left, so that going on begins from there."""
        state = self._host.journal.state
        state.stood_down, state.imaging = True, Imaging()
        self._keep_time()

    def _keep_time(self) -> None:
        try:
            self._host.journal.save()
        except TsplugError as error:
            _log.warning("%s", error)

    def _safe(self, error: BaseException | None = None) -> str:
        self._is_safe = True
        return self._host.leave_safe(error)
