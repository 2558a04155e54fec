"""The plain values that describe what one exposure sees, from the site down to the sensor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class SkySite:
    """Where the simulated telescope stands: degrees (east positive), metres."""

    latitude_deg: float = 47.2
    longitude_deg: float = 8.6
    elevation_m: float = 550.0
    sky_brightness_mag: float = 21.0


@dataclass(frozen=True)
class Optics:
    """The telescope: focal length and aperture in millimetres, throughput of the whole train without filter.

    ``obstruction`` is the diameter of the central obstruction as a fraction of the aperture; ``mirrored`` an odd number
    of reflections. ``tilt_um`` is how far the sensor's right and bottom edges lie behind best focus (the opposite
    edges before it), ``curvature_um`` how far its corners do, in micrometres of focus; ``coma_um`` is how long a star's
    tail is in the corners, on the sensor.
    """

    focal_length_mm: float = 540.0
    aperture_mm: float = 107.0
    throughput: float = 0.7
    obstruction: float = 0.0
    mirrored: bool = False
    best_focus_steps: int = 25_000
    microns_per_step: float = 1.2
    focus_drift_steps_per_c: float = -12.0
    filter_focus_steps: dict[str, int] = field(default_factory=dict)
    tilt_um: tuple[float, float] = (0.0, 0.0)
    curvature_um: float = 0.0
    coma_um: float = 0.0


@dataclass(frozen=True)
class ReadoutMode:
    """One way to read the sensor: its name, read noise in electrons, and offset added to the bias in ADU.

    ``gain_factor`` multiplies the amplification of every gain setting, ``full_well_factor`` the sensor's full well.
    """

    name: str
    read_noise_e: float
    bias_adu: int
    gain_factor: float = 1.0
    full_well_factor: float = 1.0


@dataclass(frozen=True)
class Sensor:
    """The camera's chip: unbinned size in pixels, pixel size in micrometres, electrons, and its modes.

    With ``bayer`` it wears an RGGB mosaic whose red cells lie in the columns and rows of ``bayer_offset``'s parity.
    ``adc_bits`` is what the converter resolves of the 16 bits delivered; ``amp_glow_e_per_s`` is what the corner
    beside the amplifier gathers at -10 degrees C.
    """

    width: int = 1600
    height: int = 1200
    pixel_um: float = 3.76
    full_well_e: float = 50_000.0
    max_adu: int = 65_535
    quantum_efficiency: float = 0.8
    bayer: bool = False
    bayer_offset: tuple[int, int] = (0, 0)
    adc_bits: Literal[12, 14, 16] = 16
    amp_glow_e_per_s: float = 0.05
    gain_min: int = 0
    gain_max: int = 300
    readout_modes: tuple[ReadoutMode, ...] = (ReadoutMode("Standard", 3.5, 0), ReadoutMode("Low Noise", 1.6, 60))


@dataclass(frozen=True)
class LightPath:
    """The state of everything between the sky and the sensor while one frame is exposed.

    Coordinates are J2000 (hours, degrees); ``rotator_deg`` is the mechanical angle, ``sky_angle_deg`` the position
    angle of the frame's up direction east of north; ``panel_level`` is 0 (dark) to 1 (brightest). ``azimuth_deg``
    counts from north over east; ``drift_arcsec_per_s`` is how fast the mount leaves its target (right ascension,
    declination) because of a fault, beside what the night's own guiding does.
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
    azimuth_deg: float = 180.0
    drift_arcsec_per_s: tuple[float, float] = (0.0, 0.0)


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
    """Guiding error over one exposure, in arcseconds: root mean squares, and how far the target drifted away."""

    rms_ra_arcsec: float
    rms_dec_arcsec: float
    drift_ra_arcsec: float = 0.0
    drift_dec_arcsec: float = 0.0


@dataclass(frozen=True)
class Weather:
    """What a weather station at the site feels at one moment; wind direction is where it comes from, over east."""

    temperature_c: float
    humidity_percent: float
    dew_point_c: float
    pressure_hpa: float
    wind_m_per_s: float
    gust_m_per_s: float
    wind_direction_deg: float
    cloud_percent: float
    rain_mm_per_h: float
