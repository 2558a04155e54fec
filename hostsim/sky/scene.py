"""The plain values that describe what one exposure sees, from the site down to the sensor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class SkySite:
    """Where the simulated telescope stands: degrees (east positive), metres."""

    latitude_deg: float = 47.2
    longitude_deg: float = 8.6
    elevation_m: float = 550.0
    sky_brightness_mag: float = 21.0


@dataclass(frozen=True)
class Optics:
    """The telescope: focal length and aperture in millimetres, throughput of the whole train without filter."""

    focal_length_mm: float = 540.0
    aperture_mm: float = 107.0
    throughput: float = 0.7
    best_focus_steps: int = 25_000
    microns_per_step: float = 1.2
    focus_drift_steps_per_c: float = -12.0
    filter_focus_steps: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadoutMode:
    """One way to read the sensor: its name, read noise in electrons, and offset added to the bias in ADU."""

    name: str
    read_noise_e: float
    bias_adu: int


@dataclass(frozen=True)
class Sensor:
    """The camera's chip: unbinned size in pixels, pixel size in micrometres, electrons, and its modes."""

    width: int = 1600
    height: int = 1200
    pixel_um: float = 3.76
    full_well_e: float = 50_000.0
    max_adu: int = 65_535
    quantum_efficiency: float = 0.8
    bayer: bool = False
    gain_min: int = 0
    gain_max: int = 300
    readout_modes: tuple[ReadoutMode, ...] = (ReadoutMode("Standard", 3.5, 0), ReadoutMode("Low Noise", 1.6, 60))


@dataclass(frozen=True)
class LightPath:
    """The state of everything between the sky and the sensor while one frame is exposed.

    Coordinates are J2000 (hours, degrees); ``rotator_deg`` is the mechanical angle, ``sky_angle_deg`` the position
    angle of the frame's up direction east of north; ``panel_level`` is 0 (dark) to 1 (brightest).
    """

    ra_hours: float
    dec_deg: float
    altitude_deg: float
    rotator_deg: float
    sky_angle_deg: float
    filter_name: str
    focuser_position: int
    temperature_c: float
    cover_closed: bool
    panel_level: float
    tracking: bool


@dataclass(frozen=True)
class ExposureSettings:
    """How one frame is exposed: start (UTC, aware), seconds, light or dark, gain, offset, binning, subframe, mode.

    ``start_x``, ``start_y``, ``num_x``, ``num_y`` are binned pixels, as Alpaca counts them.
    """

    started: datetime
    duration_s: float
    light: bool
    gain: int
    offset: int
    bin_x: int
    bin_y: int
    start_x: int
    start_y: int
    num_x: int
    num_y: int
    readout_mode: int
    ccd_temperature_c: float


@dataclass(frozen=True)
class GuidingSample:
    """Guiding error over one exposure: root mean squares in arcseconds, of right ascension and declination."""

    rms_ra_arcsec: float
    rms_dec_arcsec: float
