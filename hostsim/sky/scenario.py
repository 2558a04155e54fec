"""What happens in a night, as data: clouds, wind, air, focus, guiding, seeing, satellites and the horizon.

Times are hours after the evening's nautical dusk at the site, when the Sun sinks through 12 degrees below the horizon
(see `hostsim.sky.nights` for places where it does not). A scenario says what happens, the seed how exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from hostsim.sky.yaml_lines import YamlError, YamlText, shown

_RAIN_NEEDS_MAG = 3.0
_FIELDS = "must hold fields and their values"
_LIST = "must be a list"
_SUFFIXES = (".yaml", ".yml")


class ScenarioError(ValueError):
    """A scenario is not known, or its file cannot be used; the text says where and what to do."""


class Part(BaseModel):
    """A part of a scenario: frozen, without unknown fields, with finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Spell(Part):
    """A part of the night, in hours after dusk."""

    start_hours: float = Field(ge=-12.0, le=24.0, description="When it begins, in hours after dusk.")
    end_hours: float = Field(ge=-12.0, le=24.0, description="When it ends, in hours after dusk.")

    @field_validator("end_hours")
    @classmethod
    def _ends_later(cls, end: float, info: ValidationInfo) -> float:
        start = info.data.get("start_hours")
        if start is not None and end <= start:
            raise ValueError(f"must be later than start_hours ({start:g}), not {end:g}")
        return end


class CloudBank(Spell):
    """A bank of clouds that covers the whole sky while it passes."""

    thickness_mag: float = Field(gt=0.0, le=15.0, description="How much light its middle takes, in magnitudes.")
    edge_minutes: float = Field(
        default=10.0, ge=0.0, le=240.0, description="How long it takes to thicken after its start, and to thin out."
    )
    rain_mm_per_h: float = Field(
        default=0.0, ge=0.0, le=100.0, description="Rain where it is thick; needs thickness_mag of 3 or more."
    )

    @field_validator("rain_mm_per_h")
    @classmethod
    def _thick_enough(cls, rain: float, info: ValidationInfo) -> float:
        if rain > 0.0 and info.data.get("thickness_mag", _RAIN_NEEDS_MAG) < _RAIN_NEEDS_MAG:
            raise ValueError(f"rain needs a thickness_mag of {_RAIN_NEEDS_MAG:g} or more")
        return rain


class CloudPlan(Part):
    """Scattered clouds all night, and banks that pass."""

    cover_percent: float = Field(
        default=0.0, ge=0.0, le=100.0, description="Which part of the sky scattered clouds cover all night."
    )
    thickness_mag: float = Field(
        default=0.5, ge=0.0, le=15.0, description="How much light a scattered cloud takes, in magnitudes."
    )
    patch_minutes: float = Field(
        default=15.0, ge=1.0, le=240.0, description="How long a scattered cloud takes to pass the telescope."
    )
    banks: tuple[CloudBank, ...] = Field(default=(), description="Banks of clouds, in any order.")


class WindSpell(Spell):
    """A part of the night with more wind."""

    extra_m_per_s: float = Field(gt=0.0, le=40.0, description="How much stronger the mean wind is, in m/s.")
    edge_minutes: float = Field(default=20.0, ge=0.0, le=240.0, description="How long it takes to rise and to drop.")


class WindPlan(Part):
    """The wind near the telescope."""

    mean_m_per_s: float = Field(default=1.5, ge=0.0, le=40.0, description="The mean wind in m/s.")
    gust_factor: float = Field(
        default=1.6, ge=1.0, le=4.0, description="The strongest gusts as multiples of the mean wind."
    )
    direction_deg: float = Field(
        default=260.0, ge=0.0, lt=360.0, description="Where the wind comes from, in degrees from north over east."
    )
    spells: tuple[WindSpell, ...] = Field(default=(), description="Parts of the night with more wind.")


class AirPlan(Part):
    """Temperature, humidity and haze."""

    temperature_shift_c: float = Field(
        default=0.0,
        ge=-40.0,
        le=40.0,
        description="How much warmer than usual for site and season it is, in degrees C.",
    )
    dew_spread_c: float = Field(
        default=9.0,
        ge=0.0,
        le=40.0,
        description="How far the dew point lies below the mean temperature of the day, in degrees C; nights are colder "
        "than that, and with less than about 7 dew falls on the optics.",
    )
    haze_mag: float = Field(
        default=0.0, ge=0.0, le=3.0, description="Light that haze takes from a star in the zenith, in magnitudes."
    )


class FocusJump(Part):
    """A moment at which the focus slips."""

    at_hours: float = Field(ge=-12.0, le=24.0, description="When it slips, in hours after dusk.")
    shift_um: float = Field(ge=-2000.0, le=2000.0, description="How far it slips for good, in micrometres.")


class FocusPlan(Part):
    """How the focus leaves where temperature and filter put it."""

    drift_um_per_hour: float = Field(
        default=0.0, ge=-500.0, le=500.0, description="How fast it drifts from dusk on, in micrometres per hour."
    )
    jumps: tuple[FocusJump, ...] = Field(default=(), description="Moments at which it slips.")


class GuidingLoss(Spell):
    """A part of the night in which the guide star is lost and the mount drifts."""

    drift_ra_arcsec_per_s: float = Field(
        default=0.04, ge=-60.0, le=60.0, description="Drift in right ascension, in arcseconds on the sky per second."
    )
    drift_dec_arcsec_per_s: float = Field(
        default=0.02, ge=-60.0, le=60.0, description="Drift in declination, in arcseconds per second."
    )


class GuidingPlan(Part):
    """How well the mount is guided."""

    rms_factor: float = Field(
        default=1.0, ge=0.1, le=20.0, description="Guiding errors as multiples of those of a good mount."
    )
    jolts_per_hour: float = Field(
        default=0.3, ge=0.0, le=30.0, description="How often a cable or a step shakes the mount for a minute or two."
    )
    losses: tuple[GuidingLoss, ...] = Field(default=(), description="When the guide star is lost.")


class SeeingSpell(Spell):
    """A part of the night with another seeing."""

    zenith_arcsec: float = Field(ge=0.3, le=15.0, description="Seeing (FWHM) in the zenith meanwhile, in arcseconds.")
    edge_minutes: float = Field(default=10.0, ge=0.0, le=240.0, description="How long it takes to change, and back.")


class SeeingPlan(Part):
    """How the air blurs stars."""

    zenith_arcsec: float = Field(
        default=2.1, ge=0.3, le=15.0, description="Usual seeing (FWHM) in the zenith, in arcseconds."
    )
    spells: tuple[SeeingSpell, ...] = Field(default=(), description="Parts of the night with another seeing.")


class SatellitePlan(Part):
    """Bright satellites."""

    per_hour_per_deg2: float = Field(
        default=0.0,
        ge=0.0,
        le=1000.0,
        description="How many cross a square degree in an hour of twilight; deep in the night most are in shadow.",
    )


class HorizonPoint(Part):
    """A point of the skyline."""

    azimuth_deg: float = Field(ge=0.0, lt=360.0, description="Degrees from north over east.")
    altitude_deg: float = Field(ge=0.0, le=90.0, description="How high the skyline stands there, in degrees.")


class Scenario(Part):
    """A named night; without anything said, nothing happens in it."""

    name: str = Field(
        default="clear", min_length=1, description="What the night is called; in a file, the file's name if unsaid."
    )
    description: str = Field(default="", description="What happens, in a sentence.")
    clouds: CloudPlan = Field(default=CloudPlan(), description="Scattered clouds and banks.")
    wind: WindPlan = Field(default=WindPlan(), description="Wind and gusts.")
    air: AirPlan = Field(default=AirPlan(), description="Temperature, humidity and haze.")
    focus: FocusPlan = Field(default=FocusPlan(), description="Drift and jumps of the focus.")
    guiding: GuidingPlan = Field(default=GuidingPlan(), description="Guiding errors and losses.")
    seeing: SeeingPlan = Field(default=SeeingPlan(), description="Seeing through the night.")
    satellites: SatellitePlan = Field(default=SatellitePlan(), description="Satellites that cross the field.")
    horizon: tuple[HorizonPoint, ...] = Field(
        default=(), max_length=720, description="The skyline, straight between its points; without any it is free."
    )

    @field_validator("horizon")
    @classmethod
    def _once_each(cls, points: tuple[HorizonPoint, ...]) -> tuple[HorizonPoint, ...]:
        azimuths = [point.azimuth_deg for point in points]
        twice = sorted({azimuth for azimuth in azimuths if azimuths.count(azimuth) > 1})
        if twice:
            raise ValueError(f"has two points at the same azimuth_deg: {', '.join(f'{each:g}' for each in twice)}")
        return points


CLEAR = Scenario(description="A clear, calm night: nothing happens.")
"""A clear, calm night: nothing happens."""


def named_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the simulators, sorted."""
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in _shipped()))


def read_scenario(name_or_path: str | Path, *, folder: Path | None = None) -> Scenario:
    """Return a scenario by its name, or from a YAML file by its path.

    A text that ends in .yaml or .yml or has a folder in it is a path; a relative one starts at ``folder``, the current
    one if absent.

    Raises:
        ScenarioError: there is no such scenario or file, or the file is wrong; every problem is a line of the text,
            as ``FILE:LINE: field: message``.
    """
    if isinstance(name_or_path, Path) or _is_path(name_or_path):
        return _read((folder or Path()) / name_or_path)
    if name_or_path not in named_scenarios():
        known = ", ".join(named_scenarios())
        raise ScenarioError(f"there is no scenario {name_or_path!r}: choose {known}, or give the path of a .yaml file")
    return _read(files("hostsim.sky") / "scenarios" / f"{name_or_path}.yaml")


def _shipped() -> Iterator[Traversable]:
    return (entry for entry in (files("hostsim.sky") / "scenarios").iterdir() if entry.name.endswith(".yaml"))


def _is_path(text: str) -> bool:
    return text.endswith(_SUFFIXES) or "/" in text or "\\" in text


def _read(file: Traversable | Path) -> Scenario:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ScenarioError(f"{file}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file}: cannot be read ({error})") from error
    try:
        document = YamlText(text)
    except YamlError as error:
        raise ScenarioError(f"{file}:{error.line}: {error}") from error
    data = document.data
    if isinstance(data, dict):
        data = {"name": file.name.removesuffix(".yaml").removesuffix(".yml")} | data
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        problems = sorted((document.line_of(each["loc"]), _worded(each)) for each in error.errors())
        raise ScenarioError("\n".join(f"{file}:{line}: {text}" for line, text in problems)) from error


def _worded(problem: ErrorDetails) -> str:
    words = {"extra_forbidden": "there is no such field", "model_type": _FIELDS, "tuple_type": _LIST}
    plain = problem["msg"].removeprefix("Value error, ").replace("Input should ", "must ").replace("a valid ", "a ")
    message = words.get(problem["type"], plain)
    field = shown(problem["loc"])
    return f"{field}: {message}" if field else message
