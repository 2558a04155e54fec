"""The steps of a flats run, as data: what can be printed, previewed and tested before anything moves."""

from __future__ import annotations

from typing import ClassVar, Literal

from tsplug.model import FlatSpec, FlatsType, LightSession, Value

_MOST_NAMES = 3
# So many sessions a step names; a line with all of a long run's would not be read.


class CloseCover(Value):
    """Close the panel's cover if it has one."""

    remedy: ClassVar[str] = "look at the cover, close it by hand if need be"
    step: Literal["close_cover"] = "close_cover"

    def describe(self) -> str:
        """Return the step in words."""
        return "close the cover"


class OpenCover(Value):
    """Open the panel's cover if it has one."""

    remedy: ClassVar[str] = "look at the cover, open it by hand before the next light"
    step: Literal["open_cover"] = "open_cover"

    def describe(self) -> str:
        """Return the step in words."""
        return "open the cover"


class RotateTo(Value):
    """Turn the rotator to a mechanical angle, in degrees."""

    remedy: ClassVar[str] = "check that the rotator is connected and turns freely"
    step: Literal["rotate"] = "rotate"
    mechanical_deg: float

    def describe(self) -> str:
        """Return the step in words."""
        return f"turn the rotator to {self.mechanical_deg:.2f} degrees (mechanical)"


class SetReadoutMode(Value):
    """Select a readout mode of the camera by its index; None is the one it had before the run."""

    remedy: ClassVar[str] = "check that the camera is connected and has this readout mode"
    step: Literal["readout_mode"] = "readout_mode"
    readout_mode: int | None

    def describe(self) -> str:
        """Return the step in words."""
        mode = "as it was" if self.readout_mode is None else self.readout_mode
        return f"set readout mode {mode}"


class SelectFilter(Value):
    """Bring a filter into the beam."""

    remedy: ClassVar[str] = "check that the filter wheel is connected and turns freely"
    step: Literal["filter"] = "filter"
    filter_name: str

    def describe(self) -> str:
        """Return the step in words."""
        return f"select filter {self.filter_name}"


class LightOn(Value):
    """Light the panel at a level."""

    remedy: ClassVar[str] = "check that the panel is connected and powered"
    step: Literal["light_on"] = "light_on"
    brightness: int

    def describe(self) -> str:
        """Return the step in words."""
        return f"light the panel at {self.brightness}"


class TurnBack(Value):
    """Turn the rotator back to where it stood before the run."""

    remedy: ClassVar[str] = "turn the rotator back before the next light"
    step: Literal["turn_back"] = "turn_back"

    def describe(self) -> str:
        """Return the step in words."""
        return "turn the rotator back"


class LightOff(Value):
    """Switch the panel's light off."""

    remedy: ClassVar[str] = "switch the panel off by hand"
    step: Literal["light_off"] = "light_off"

    def describe(self) -> str:
        """Return the step in words."""
        return "switch the panel off"


class RestoreReadoutMode(Value):
    """Give the camera the readout mode back that it had before the run."""

    remedy: ClassVar[str] = "set the camera's readout mode before the next light"
    step: Literal["restore_readout_mode"] = "restore_readout_mode"

    def describe(self) -> str:
        """Return the step in words."""
        return "restore the readout mode"


class TakeFrames(Value):
    """Take the frames of one set: which are missing of how many, how exposed, and which light sessions they serve.

    ``resumes`` is the guid of an interrupted set whose frames on disk count, empty for a new set; ``corrected`` says
    that the exposure is not the trained one any more; ``usual_level`` that the target is not trained, but the level of
    earlier sets. ``bias_adu`` is the part of the target that no light makes, if known. ``note`` says what is unusual
    about the set.
    """

    remedy: ClassVar[str] = "check the camera and the free space on the disk"
    step: Literal["take_frames"] = "take_frames"
    spec: FlatSpec
    brightness: int
    exposure_s: float
    target_adu: float | None
    bias_adu: float | None = None
    wanted: int
    missing: tuple[int, ...]
    sessions: tuple[LightSession, ...]
    resumes: str = ""
    corrected: bool = False
    usual_level: bool = False
    note: str = ""
    flats_type: FlatsType = FlatsType.PANEL

    @property
    def session_names(self) -> tuple[str, ...]:
        """Return the sessions served, as target and date, each once: dark flats serve those of several filters."""
        return tuple(dict.fromkeys(f"{session.target_name} {session.session_date}" for session in self.sessions))

    def describe(self) -> str:
        """Return the step in words."""
        names = self.session_names
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        served = f"{', '.join(names[:_MOST_NAMES])}{more}"
        if self.flats_type is FlatsType.SKY:
            return f"take {len(self.missing)} of {self.wanted} sky flats for {served}"
        frames = "dark flats" if self.flats_type is FlatsType.DARK else "flats"
        return f"take {len(self.missing)} of {self.wanted} {frames} of {self.exposure_s:g} s for {served}"


class LookAtFrame(Value):
    """Expose a frame that is measured and not kept."""

    remedy: ClassVar[str] = "check the camera"
    step: Literal["look"] = "look"
    filter_name: str
    exposure_s: float

    def describe(self) -> str:
        """Return the step in words."""
        return f"look at a frame of {self.exposure_s:.4g} s in {self.filter_name or 'the dark'}"


class ReadRange(Value):
    """Ask the camera how high the level of a pixel can be."""

    remedy: ClassVar[str] = "check that the camera is connected"
    step: Literal["read_range"] = "read_range"

    def describe(self) -> str:
        """Return the step in words."""
        return "ask the camera for its range"


class ReadAngle(Value):
    """Ask the rotator where it stands."""

    remedy: ClassVar[str] = "check that the rotator is connected and works"
    step: Literal["read_angle"] = "read_angle"

    def describe(self) -> str:
        """Return the step in words."""
        return "ask the rotator for its angle"


Move = RotateTo | SetReadoutMode | SelectFilter | LightOn
"""What sets the equipment up for a set."""

Step = (
    CloseCover
    | Move
    | TakeFrames
    | LookAtFrame
    | ReadRange
    | ReadAngle
    | LightOff
    | RestoreReadoutMode
    | TurnBack
    | OpenCover
)
"""Everything that a flats run does."""


class PlannedSet(Value):
    """One flat set: the state of the equipment it needs, complete by itself, and its frames.

    Any set can be taken without those before it; moves already made are left out when steps are listed or run.
    """

    moves: tuple[Move, ...]
    take: TakeFrames
