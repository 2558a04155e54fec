"""What must survive a power cut: where the night stands, as one JSON document."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hostsim.sequence.containers import EventName
from hostsim.sky.scenario import CLEAR, Scenario
from tsplug import ExposureSaved, FlatRunReport, PierSide, TakeExposure, WaitUntil
from tsplug.ports import SavedFrame

VERSION = 2


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Place(_Part):
    """A position in one block: the index of the instruction, for a loop its pass, and when loop or instruction ends.

    ``frames`` is how many flats there were when the pass began, where the loop goes on as long as flats are needed.
    """

    index: int = 0
    iteration: int = 0
    ends: AwareDatetime | None = None
    frames: int | None = None


class Outbox(_Part):
    """A frame that is written under a temporary name: give it its final one, then tell of it.

    ``earlier`` is a frame that was promised before it, by a second camera, and could not be told of yet.
    """

    part: Path
    final: Path
    event: ExposureSaved | None = None
    grade: bool = False
    earlier: Outbox | None = None

    @property
    def in_order(self) -> list[Outbox]:
        """Return all that is promised, in the order of the promises."""
        return [*(self.earlier.in_order if self.earlier is not None else []), self]


class Imaging(_Part):
    """What the Scheduler Container remembers: its target, until when it stays, the filters since the last dither."""

    target_guid: str | None = None
    stays_until: AwareDatetime | None = None
    since_dither: list[str] = Field(default_factory=list)


class Aim(_Part):
    """A target as the Scheduler Container knows it: J2000 hours and degrees, position angle in degrees."""

    guid: str
    name: str
    project_name: str
    ra_hours: float
    dec_deg: float
    rotation_deg: float

    @classmethod
    def of(cls, decision: TakeExposure) -> Aim:
        """Return the target of a decision."""
        return cls(
            guid=decision.target_guid,
            name=decision.target_name,
            project_name=decision.project_name,
            ra_hours=decision.ra_hours,
            dec_deg=decision.dec_deg,
            rotation_deg=decision.rotation_deg,
        )


class Happening(_Part):
    """Something that happened to the Scheduler Container, whose instructions have not all run yet."""

    event: EventName
    target: Aim | None = None


class Waiting(_Part):
    """What the Scheduler Container waits for, and until when; J2000 hours and degrees."""

    until: AwareDatetime
    target_name: str
    reason: str = ""
    project_name: str = ""
    target_guid: str = ""
    ra_hours: float | None = None
    dec_deg: float | None = None
    rotation_deg: float | None = None

    @classmethod
    def of(cls, decision: WaitUntil) -> Waiting:
        """Return the wait of a decision."""
        return cls(**decision.model_dump(include=set(cls.model_fields)))


class Skipped(_Part):
    """A target that could not be centered: how often, and until when it is left out; None is for the night."""

    target_guid: str
    name: str
    until: AwareDatetime | None = None
    times: int = 1
    aim: Aim | None = None

    def wait(self, until: datetime) -> WaitUntil:
        """Return the wait for the moment at which it is tried again."""
        place = {} if self.aim is None else self.aim.model_dump(exclude={"guid", "name"})
        reason = "could not be centered"
        return WaitUntil(until=until, target_name=self.name, target_guid=self.target_guid, reason=reason, **place)


class Stage(_Part):
    """Where the Scheduler Container stands, beside what it images: all that an event must not be lost or doubled by.

    ``pending`` is what happened and has not run, in order; ``waiting`` the wait under way, with the mount ``parked``.
    ``target`` is the last one pointed at, as long as no other has been chosen; ``on_target`` that it is imaged still.
    ``over`` says why nothing is left; ``skipped`` are the targets that could not be centered.
    """

    pending: list[Happening] = Field(default_factory=list)
    waiting: Waiting | None = None
    parked: bool = False
    target: Aim | None = None
    on_target: bool = False
    over: str | None = None
    skipped: list[Skipped] = Field(default_factory=list)


class Focus(_Part):
    """The last autofocus: when, the temperature then in degrees C, and how many lights the first camera had taken.

    ``hfr_px`` are the half-flux radii of the lights since then, by filter, where they are asked for.
    """

    moment: AwareDatetime
    temperature_c: float | None = None
    lights: int = 0
    hfr_px: dict[str, list[float]] = Field(default_factory=dict)


class Flipped(_Part):
    """A flip: J2000 hours and degrees, when, and whether the mount said afterwards that it stood as before.

    ``past`` says on which side of the meridian it was made, ``pier_side`` where the mount stood afterwards, if that was
    right by its own word. What was written before either was kept counts for no flip.
    """

    ra_hours: float
    dec_deg: float
    moment: AwareDatetime
    failed: bool = False
    past: bool | None = None
    pier_side: PierSide | None = None

    @property
    def is_in_doubt(self) -> bool:
        """Return whether a mount that says again to stand wrongly may stand past the meridian as before the flip."""
        return bool(self.past) and (self.failed or self.pier_side is not None)


class Standing(_Part):
    """What the equipment was asked to be until told otherwise; taken up again when a night is resumed.

    ``monitored`` says that there was a safety monitor when it was connected.
    ``cover_shut`` says that the last flats of a Scheduler Container closed the cover: the next container opens it.
    ``idle`` is where the mount left its park (J2000 hours and degrees), ``paused`` where it pointed when a wait let it
    stand still because of the meridian. ``flips`` are those of the last hours.
    """

    connected: bool = False
    monitored: bool = False
    unparked: bool = False
    cover_open: bool = False
    cover_shut: bool = False
    idle: tuple[float, float] | None = None
    paused: tuple[float, float] | None = None
    flips: list[Flipped] = Field(default_factory=list)
    cooled_to_c: float | None = None


class NightState(_Part):
    """The whole of it; ``moment`` and ``simulators`` belong together, and to the position.

    Of the ``lights`` so many were taken ``beside`` others, by a second camera, so many are ``snapshots`` of no plan,
    and so many are ``recorded``.
    ``scenario`` is the one the night began with, whatever has become of its file. ``sheltered`` says that it is not
    safe and the night waits, since ``sheltered_since`` and with a patience that began at ``sheltered_at``,
    ``sheltered_from`` where the telescope pointed before (J2000 hours and degrees),
    ``stood_down`` that an instruction failed and the equipment was left safe: it has to be brought back to its
    standing.
    """

    version: int = VERSION
    run: str
    sequence: str
    title: str = ""
    seed: int
    began: AwareDatetime
    moment: AwareDatetime
    finished: bool = False
    cursor: list[Place] = Field(default_factory=list)
    lights: int = 0
    beside: int = 0
    snapshots: int = 0
    recorded: int = 0
    darks: int = 0
    repeats: int = 0
    imaging: Imaging = Field(default_factory=Imaging)
    stage: Stage = Field(default_factory=Stage)
    focus: Focus | None = None
    standing: Standing = Field(default_factory=Standing)
    outbox: Outbox | None = None
    taken: dict[str, SavedFrame] = Field(default_factory=dict)
    flat_runs: list[FlatRunReport] = Field(default_factory=list)
    scenario: Scenario = CLEAR
    simulators: dict[str, Any] | None = None
    sheltered: bool = False
    sheltered_at: AwareDatetime | None = None
    sheltered_since: AwareDatetime | None = None
    sheltered_from: tuple[float, float] | None = None
    stood_down: bool = False

    @property
    def led(self) -> int:
        """Return how many lights of plans the first camera took."""
        return self.lights - self.beside - self.snapshots

    def light_guid(self, number: int) -> str:
        """Return the guid of the night's light of a number, the same whenever it is asked for."""
        return str(uuid5(NAMESPACE_URL, f"hostsim:{self.run}:light:{number}"))

    def dark_guid(self, number: int) -> str:
        """Return the guid of the night's dark or bias of a number, the same whenever it is asked for."""
        return str(uuid5(NAMESPACE_URL, f"hostsim:{self.run}:dark:{number}"))


def begun(*, run: str, sequence: str, seed: int, moment: datetime, title: str = "") -> NightState:
    """Return the state of a night that begins."""
    return NightState(run=run, sequence=sequence, title=title, seed=seed, began=moment, moment=moment)
