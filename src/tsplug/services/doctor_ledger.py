"""What an examination of a store finds: problems, warnings, and what can be done about them."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tsplug.model import Project, Record, Value
from tsplug.ports import Spoilt, Unit

R = TypeVar("R", bound=Record)

MOST_TOLD = 1000
"""How many problems of one invariant are told one by one; of the others only the number is."""

PAGE = 500
"""How many records are in memory at once."""

Mend = Callable[[Unit, datetime], str]
"""Mends one thing in a writing unit and says what it did; empty where nothing was left to do."""

_ALLOWED_WEIGHT = (0.0, 100.0)


class Problem(Value):
    """An invariant that does not hold: of what, what was found, what was expected, and what to do."""

    invariant: str
    subject: str
    found: str
    expected: str
    fix: str


class Examination(Value):
    """How many checks were made, the problems they found, and what is odd but may be meant.

    After mending: what was mended, line by line, and where the store is kept as it was before.
    """

    checked: int
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    mended: tuple[str, ...] = ()
    copy_kept: str = ""


@dataclass
class Ledger:
    """Counts checks and keeps what they find; its size does not depend on how much is sound.

    ``mends`` are kept only for who asks for them, all of them, however many problems are told. ``astray`` are the ids
    of images whose files are to be moved.
    """

    now: datetime | None = None
    keeps_mends: bool = False
    checked: int = 0
    mends: list[Mend] = field(default_factory=list)
    astray: list[int] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)
    _warnings: list[Problem] = field(default_factory=list)
    _seen: Tally[str] = field(default_factory=Tally)

    def check(self, *found: Problem | None, mend: Mend | None = None) -> None:
        """Count a check: sound where nothing was found; ``mend`` mends what was."""
        self.checked += 1
        for problem in found:
            if problem is not None:
                self._note(problem, self._problems)
                if mend is not None and self.keeps_mends:
                    self.mends.append(mend)

    def warn(self, found: Problem | None) -> None:
        """Count a check whose finding may be meant as it is."""
        self.checked += 1
        if found is not None:
            self._note(found, self._warnings)

    def examination(self) -> Examination:
        """Return what was found."""
        return Examination(
            checked=self.checked,
            problems=(*self._problems, *self._untold(self._problems)),
            warnings=(*self._warnings, *self._untold(self._warnings)),
        )

    def _note(self, problem: Problem, where: list[Problem]) -> None:
        self._seen[problem.invariant] += 1
        if self._seen[problem.invariant] <= MOST_TOLD:
            where.append(problem)

    def _untold(self, told: Sequence[Problem]) -> Iterator[Problem]:
        last = {problem.invariant: problem for problem in told}
        for invariant, problem in last.items():
            if (more := self._seen[invariant] - MOST_TOLD) > 0:
                yield problem.model_copy(update={"subject": f"and {more} more", "found": "the same"})


def pages(unit: Unit, kind: type[R], *, ledger: Ledger) -> Iterator[Sequence[R]]:
    """Yield all records of a kind by id, part by part; those that are spoilt go into the ledger instead."""
    after = 0
    while True:
        spoilt: list[Spoilt] = []
        page = unit.sift(kind, spoilt, after=after, limit=PAGE)
        note_spoilt(spoilt, ledger)
        if page:
            yield page
        ids = [*(record.id or 0 for record in page), *(each.id for each in spoilt)]
        if len(ids) < PAGE:
            return
        after = max(ids)


def every(unit: Unit, kind: type[R], *, ledger: Ledger) -> Iterator[R]:
    """Yield all records of a kind by id, of which a part is in memory at once."""
    for page in pages(unit, kind, ledger=ledger):
        yield from page


def unread() -> Ledger:
    """Return a ledger nobody reads, for a second look at records whose faults were noted at the first."""
    return Ledger()


def note_spoilt(spoilt: Sequence[Spoilt], ledger: Ledger) -> None:
    """Put records that are none into a ledger."""
    for each in spoilt:
        clamped = _clamped(each)
        ledger.check(
            Problem(
                invariant="every field holds what it may",
                subject=f"{each.kind.__name__} {each.id}",
                found=f"{each.field} {str(each.value)[:200]}: {each.wrong}",
                expected=f"a valid {each.field}",
                fix="tsplug doctor --fix moves the weights into 0..100" if clamped else "restore a backup",
            ),
            mend=_weights_mend(each.id, clamped) if clamped else None,
        )


def _clamped(spoilt: Spoilt) -> dict[str, float]:
    """Return rule weights moved into their range, or nothing where something else is spoilt."""
    if spoilt.kind is not Project or spoilt.field != "rule_weights" or not isinstance(spoilt.value, dict):
        return {}
    low, high = _ALLOWED_WEIGHT
    return {
        str(name): min(high, max(low, float(weight)))
        for name, weight in spoilt.value.items()
        if isinstance(weight, int | float)
    }


def _weights_mend(project_id: int, weights: dict[str, float]) -> Mend:
    def mend(unit: Unit, _now: datetime) -> str:
        unit.set_all(Project, {"rule_weights": weights}, id=project_id)
        return f"project {project_id}: rule weights moved into 0..100"

    return mend
