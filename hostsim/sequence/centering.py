"""How a target is centered, and what becomes of one that cannot be."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hostsim.equipment.mount import NotCenteredError
from hostsim.sequence.host import Host
from hostsim.sequence.solving import FrameSolving, SolvingSettings, center_by_stars
from hostsim.sequence.state import Aim, Skipped

_MOST_SKIPS = 3


class CenteringSettings(BaseModel):
    """How well a target must be centered, and what is done with one that cannot be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tolerance_arcsec: float = Field(default=30.0, gt=0, le=7200, description="How far off is centered.")
    attempts: int = Field(default=3, ge=1, le=20, description="How many slews, or frames, at most.")
    solve: FrameSolving | None = Field(
        default=None, description="Center by the stars of frames; absent centers by what the mount reports."
    )
    when_failed: Literal["skip_target", "continue", "stop"] = Field(
        default="skip_target",
        description="`skip_target`: leave it out for a while; `continue`: expose all the same; `stop`: the container "
        "fails.",
    )
    skip_min: float = Field(
        default=30.0, gt=0, le=1440, description="How many minutes it is left out; after three times for the night."
    )


class Centering:
    """Centers targets with a host, and keeps which are left out for now."""

    def __init__(self, host: Host, settings: CenteringSettings) -> None:
        """Prepare; nothing moves yet."""
        self._host = host
        self._settings = settings
        self._said = False

    def on(self, target: Aim) -> bool:
        """Center a target; return whether it is to be exposed, else it is left out for now.

        Raises:
            NotCenteredError: it is still off, and the sequence does not want to go on.
            DeviceError: the mount is parked, refused, or did not arrive.
        """
        settings = self._settings
        self._host.journal.state.standing.paused = None
        try:
            self._center(target)
        except NotCenteredError as error:
            if settings.when_failed == "stop":
                raise
            if settings.when_failed == "continue":
                self._host.warn(f"{error}; {target.name} is exposed all the same")
                return True
            self.leave_out(target, why=str(error))
            return False
        return True

    def _center(self, target: Aim) -> None:
        settings = self._settings
        if settings.solve is not None:
            solving = SolvingSettings(
                **settings.solve.model_dump(),
                tolerance_arcsec=settings.tolerance_arcsec,
                attempts=settings.attempts,
            )
            center_by_stars(target.ra_hours, target.dec_deg, host=self._host, settings=solving)
            return
        if not self._said:
            self._said = True
            self._host.display.note("centering by what the mount reports: `centering: {solve: {}}` looks at the stars")
        self._host.mount().center(
            target.ra_hours,
            target.dec_deg,
            tolerance_arcsec=settings.tolerance_arcsec,
            attempts=settings.attempts,
        )

    def leaves_out(self, target: Aim) -> bool:
        """Return whether a target is left out now."""
        return any(each.target_guid == target.guid for each in self.left_out())

    def left_out(self) -> tuple[Skipped, ...]:
        """Return the targets that are left out now."""
        now = self._host.clock.now()
        return tuple(each for each in self._host.journal.state.stage.skipped if each.until is None or each.until > now)

    def leave_out(self, target: Aim, *, why: str) -> None:
        """Leave a target out for a while, after three times for the night, and say why."""
        stage, minutes = self._host.journal.state.stage, self._settings.skip_min
        times = 1 + max((each.times for each in stage.skipped if each.target_guid == target.guid), default=0)
        others = [each for each in stage.skipped if each.target_guid != target.guid]
        until = None if times >= _MOST_SKIPS else self._host.clock.now() + timedelta(minutes=minutes)
        stage.skipped = [
            *others,
            Skipped(target_guid=target.guid, name=target.name, until=until, times=times, aim=target),
        ]
        how_long = "for this night" if until is None else f"for {minutes:g} minutes"
        self._host.warn(f"{why}; {target.name} is left out {how_long}")
        self._host.journal.save()
