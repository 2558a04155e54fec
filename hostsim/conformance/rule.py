"""What a rule is, and what comes of checking it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

Check = Callable[..., str | None]
Each = Callable[[Any], Sequence[Any]]


class Profile(StrEnum):
    """How much is asked: ``tolerant`` what clients cannot do without, ``strict`` everything."""

    STRICT = "strict"
    TOLERANT = "tolerant"


class Status(StrEnum):
    """What came of a rule."""

    PASS = "PASS"
    FAIL = "FAIL"
    SKIP = "SKIP"
    INFO = "INFO"


class Phase(IntEnum):
    """When a rule is checked: about the server, before connecting a device, while connecting, or with a connection."""

    SERVER = 0
    OFFLINE = 1
    CONNECTING = 2
    ONLINE = 3
    BEHAVIOUR = 4


@dataclass(frozen=True)
class Rule:
    """One rule.

    ``check`` gets the device (or the server) and returns what it saw, if that is worth saying; with ``each`` it is
    called for every subject that ``each`` finds. ``device`` is the device type it is about, empty for any; ``version``
    the first interface version it is for. A ``timed`` rule compares seconds of the device with those of the checker.
    """

    id: str
    text: str
    section: str
    check: Check
    phase: Phase = Phase.BEHAVIOUR
    device: str = ""
    profile: Profile = Profile.TOLERANT
    version: int = 0
    timed: bool = False
    each: Each | None = None

    def asked(self, profile: Profile) -> bool:
        """Return whether the rule belongs to a profile; the strict one has all."""
        return profile is Profile.STRICT or self.profile is Profile.TOLERANT


@dataclass(frozen=True)
class Verdict:
    """What came of one rule at one place, and for one subject of it where it has several."""

    rule: Rule
    place: str
    subject: str
    status: Status
    expected: str
    seen: str


@dataclass
class RuleSet:
    """The rules of one theme or device; a function becomes one of them by being decorated with `rule`."""

    theme: str
    section: str
    phase: Phase = Phase.BEHAVIOUR
    device: str = ""
    rules: list[Rule] = field(default_factory=list)

    def rule(self, name: str, text: str, **more: Any) -> Callable[[Check], Check]:
        """Add the decorated function as a rule; ``more`` are fields of `Rule`."""

        def add(check: Check) -> Check:
            fields = {"section": self.section, "phase": self.phase, "device": self.device, **more}
            self.rules.append(Rule(f"{self.theme}.{name}", text, check=check, **fields))
            return check

        return add
