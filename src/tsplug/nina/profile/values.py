"""What a N.I.N.A. profile says of a rig; None is what it does not say."""

from __future__ import annotations

from tsplug.model import Value


class NinaSite(Value):
    """Where the rig stands: degrees, metres, and the horizon file as the machine with N.I.N.A. names it."""

    latitude_deg: float
    longitude_deg: float
    elevation_m: float = 0.0
    horizon_file: str = ""


class NinaFilter(Value):
    """One place of the filter wheel; ``target_level`` is the share of full scale that flats should reach."""

    name: str
    position: int
    focus_offset: int = 0
    target_level: float | None = None


class NinaFlat(Value):
    """A trained flat: for the filter at a position (None without a wheel), panel brightness and seconds.

    Gain and offset of None are the camera's defaults.
    """

    position: int | None
    gain: int | None
    offset: int | None
    binning: int
    brightness: int
    exposure_s: float


class NinaProfile(Value):
    """A rig: identity, site, optics, camera, wheel, rotator, file patterns and how flats are taken.

    ``full_scale_adu`` is the number of levels of a pixel as N.I.N.A. saves it. ``complaints`` are what was there but
    made no sense.
    """

    guid: str
    name: str
    site: NinaSite | None = None
    telescope: str | None = None
    focal_length_mm: float | None = None
    focal_ratio: float | None = None
    camera: str | None = None
    pixel_size_um: float | None = None
    sensor_width_px: int | None = None
    sensor_height_px: int | None = None
    full_scale_adu: int = 65_536
    has_rotator: bool | None = None
    filters: tuple[NinaFilter, ...] | None = None
    light_pattern: str | None = None
    flat_pattern: str | None = None
    flats: tuple[NinaFlat, ...] = ()
    flat_count: int | None = None
    flat_level: float | None = None
    flat_tolerance: float | None = None
    complaints: tuple[str, ...] = ()

    @property
    def aperture_mm(self) -> float | None:
        """Return the aperture, focal length / focal ratio, or None where one of them is unknown."""
        if self.focal_length_mm is None or self.focal_ratio is None:
            return None
        return round(self.focal_length_mm / self.focal_ratio, 1)

    def filter_at(self, position: int) -> NinaFilter | None:
        """Return the filter at a position of the wheel, or None."""
        return next((each for each in self.filters or () if each.position == position), None)
