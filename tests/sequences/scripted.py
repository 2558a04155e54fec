"""A Scheduler Container whose decisions follow a script, on equipment that writes down what it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from hostsim.equipment.mount import MountReading, NotCenteredError
from hostsim.equipment.rig import Rig
from hostsim.sequence.document import Sequence
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.wait_until import WaitUntil as Pause
from hostsim.sequence.runner import Runner
from hostsim.sequence.state import Aim, Happening
from tsplug import Decision, DecisionRequest, Expose, NothingLeft, PierSide, SlewCenter, TakeExposure, WaitUntil
from tsplug.instructions import SchedulerContainer
from tsplug.ports import CoverState

EXPOSURE_S = 300.0


def taking(name: str, host: Host, *, new: bool) -> TakeExposure:
    """Return a decision for a target that goes by one letter."""
    ra_hours = float(ord(name) - ord("A"))
    pointing = (SlewCenter(ra_hours=ra_hours, dec_deg=20.0),) if new else ()
    return TakeExposure(
        profile_guid=host.profile.guid,
        project_name="P",
        target_guid=name,
        target_name=name,
        plan_guid="p",
        template_name="L",
        filter_name="L",
        ra_hours=ra_hours,
        dec_deg=20.0,
        rotation_deg=0.0,
        session_id=1,
        score=1.0,
        until=host.clock.now() + timedelta(hours=1),
        steps=(
            *pointing,
            Expose(exposure_s=EXPOSURE_S, gain=None, offset=None, binning=1, roi_percent=100.0),
        ),
    )


def pausing(minute: int) -> dict[str, Any]:
    """Return an instruction that takes no time, told from others by its minute."""
    return {"type": "wait_until", "until": {"time": f"2026-01-15T00:{minute:02d}:00+00:00"}}


@dataclass
class Telescope:
    """Equipment that writes down what it is told, and answers as a test wants it."""

    clock: Any
    told: list[str] = field(default_factory=list)
    label: str = "telescope"
    is_parked: bool = False
    tracks: bool = True
    off: float = 0.0
    wrong: bool = False
    safe: bool = True
    pier_side: PierSide = PierSide.EAST
    misses: dict[float, int] = field(default_factory=dict)
    cover: CoverState = CoverState.OPEN

    def parked(self) -> bool:
        return self.is_parked

    def park(self) -> None:
        self.told.append("park")
        self.is_parked, self.tracks = True, False

    def unpark(self) -> None:
        self.told.append("unpark")
        self.is_parked, self.tracks = False, True

    def tracking(self) -> bool:
        return self.tracks

    def track(self, on: bool) -> None:
        self.told.append(f"track {on}")
        self.tracks = on

    def off_arcsec(self, ra_hours: float, dec_deg: float) -> float:
        return self.off

    def wrong_side(self, ra_hours: float, dec_deg: float) -> bool:
        return self.wrong

    def reading(self) -> MountReading:
        return MountReading("M", 150.0, 30.0, 45.0, 180.0, self.pier_side)

    def is_safe(self) -> bool:
        return self.safe

    def center(self, ra_hours: float, dec_deg: float, **asked: object) -> None:
        self.told.append(f"center {ra_hours:g}")
        self.clock.sleep(30)
        self.wrong, self.tracks = False, True
        if self.misses.get(ra_hours, 0) > 0:
            self.misses[ra_hours] -= 1
            raise NotCenteredError(self.label, "is 90 arcsec off")
        self.off = 0.0

    def slew(self, ra_hours: float, dec_deg: float) -> None:
        self.told.append(f"slew {ra_hours} {dec_deg}")
        self.wrong, self.tracks = False, True

    def abort(self) -> None:
        self.told.append("abort")

    def open_cover(self) -> None:
        self.told.append("open_cover")
        self.cover = CoverState.OPEN

    def close_cover(self) -> None:
        self.told.append("close_cover")
        self.cover = CoverState.CLOSED

    def cover_state(self) -> CoverState:
        return self.cover

    def light_off(self) -> None:
        self.told.append("light_off")

    def temperature_c(self) -> float:
        return 0.0


@dataclass
class Script:
    """Runs a container; ``done`` names what it did in order: ``A`` a light of target A, numbers instructions of lists.

    ``steps`` are what is decided, by how many lights there are: a target, or how many minutes of the night have to have
    passed before the next step counts. ``lost`` says until when exposures of a target may go on.
    """

    make_host: Callable[[], Host]
    began: datetime
    steps: tuple[str | int, ...]
    done: list[str | int] = field(default_factory=list)
    complete: frozenset[str] = frozenset()
    lost: dict[str, datetime] = field(default_factory=dict)
    misses: dict[float, int] = field(default_factory=dict)
    on_light: Callable[[Host], None] = lambda host: None
    host: Host = field(init=False)
    telescope: Telescope = field(init=False)

    def run(self, **fields: Any) -> Host:
        """Run the container, or go on with it, with these fields, and return its host."""
        self.host = self.make_host()
        self.telescope = Telescope(self.host.context.clock, misses=self.misses)
        same = cast("Any", self.telescope)
        self.host.context.devices.rig = Rig(mount=same, camera=same, safety=same, panel=same)
        item = {"type": "scheduler_container", "autofocus": False, **fields}
        document = {"name": "n", "start": "2026-01-15T17:00:00Z", "catalogue": {}, "run": [item]}
        Runner(Sequence.model_validate(document), self.host, where="night.yaml", lines={}).run()
        return self.host

    def decide(self, request: DecisionRequest) -> Decision:
        """Return the script's first step that has not been done, as far as it is not left out."""
        lights, minutes = Counter(self.done), (self.host.clock.now() - self.began).total_seconds() / 60.0
        for step in self.steps:
            if isinstance(step, int) and minutes < step:
                until = self.began + timedelta(minutes=step)
                return WaitUntil(until=until, target_name="next", reason="too low")
            if isinstance(step, str) and step not in request.left_out:
                if lights[step] == 0 and self._fits(step):
                    chosen = taking(step, self.host, new=step != request.current_target_guid)
                    return chosen.model_copy(update={"plan_until": self.lost.get(step)})
                lights[step] = max(0, lights[step] - 1)
        return NothingLeft(reason="the script is over")

    def _fits(self, step: str) -> bool:
        limit = self.lost.get(step)
        return limit is None or self.host.clock.now() + timedelta(seconds=EXPOSURE_S) <= limit

    def light(self, decision: TakeExposure) -> None:
        """Take a light as the host does: what is to follow is kept with it."""
        state = self.host.journal.state
        self.host.clock.sleep(EXPOSURE_S)
        state.lights += 1
        state.recorded += 1
        state.stage.pending.append(Happening(event="after_exposure", target=Aim.of(decision)))
        self.done.append(decision.target_name)
        self.host.journal.save()
        self.on_light(self.host)


def scripted(make_host: Callable[[], Host], began: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Script]:
    """Return what makes a script of steps for hosts that begin at a moment."""

    def made(*steps: str | int) -> Script:
        script = Script(make_host, began, steps)

        def light(frames: Frames, decision: TakeExposure, expose: Expose, **settings: object) -> Path:
            script.light(decision)
            return Path()

        def pause(instruction: Pause, host: Host) -> None:
            # What is interrupted in its sleep has not been done.
            host.clock.sleep(1.0)
            moment = instruction.until.time
            assert moment is not None
            script.done.append(moment.minute)

        monkeypatch.setattr(SchedulerContainer, "decide", lambda *given: script.decide(given[1]))
        monkeypatch.setattr(SchedulerContainer, "is_complete", lambda *given: given[1] in script.complete)
        monkeypatch.setattr(Frames, "light", light)
        monkeypatch.setattr(Pause, "run", pause)
        monkeypatch.setattr("hostsim.sequence.imaging.show_progress", lambda *given: None)
        return script

    return made
