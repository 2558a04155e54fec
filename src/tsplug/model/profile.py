"""A rig: the equipment that images together, and how its owner likes it used."""

from __future__ import annotations

from pydantic import field_validator
from sqlmodel import Field

from tsplug.model.base import Record, new_guid
from tsplug.model.preferences import (
    FlatsPreferences,
    GraderPreferences,
    NinaPreferences,
    PipelinePreferences,
    PlannerPreferences,
)

LIGHT_PATTERN = (
    "$$TARGETNAME$$/$$DATEMINUS12$$/$$IMAGETYPE$$/$$DATETIME$$_$$FILTER$$_$$SENSORTEMP$$_$$EXPOSURETIME$$s_$$FRAMENR$$"
)
FLAT_PATTERN = (
    "$$DATEMINUS12$$/$$FILTER$$/$$ROTATORANGLE$$/$$TSSESSIONID$$_$$DATETIME$$_$$FILTER$$_$$EXPOSURETIME$$s_$$FRAMENR$$"
)


class Profile(Record):
    """Optics (mm), camera (pixels, micrometres), wheel, rotator and panel of one rig, with its preferences.

    Site and optics are None until they are known: a database of targets names rigs it does not describe.
    ``gain_names`` and ``offset_names`` are those of a camera that numbers its settings, in their order.
    """

    guid: str = Field(default_factory=new_guid)
    name: str = Field(min_length=1)
    site_id: int | None = None
    observer: str = ""
    telescope: str = ""
    focal_length_mm: float | None = Field(default=None, gt=0)
    aperture_mm: float | None = Field(default=None, gt=0)
    camera: str = ""
    pixel_size_um: float | None = Field(default=None, gt=0)
    sensor_width_px: int = Field(default=0, ge=0)
    sensor_height_px: int = Field(default=0, ge=0)
    readout_modes: list[str] = Field(default_factory=list)
    gain_names: list[str] = Field(default_factory=list)
    offset_names: list[str] = Field(default_factory=list)
    filters: list[str] = Field(default_factory=list)
    filter_offsets: list[int] = Field(default_factory=list)
    astrobin_filters: dict[str, int] = Field(default_factory=dict)
    has_rotator: bool = True
    panel_min_brightness: int = Field(default=0, ge=0)
    panel_max_brightness: int = Field(default=0, ge=0)
    light_pattern: str = LIGHT_PATTERN
    flat_pattern: str = FLAT_PATTERN
    grader: GraderPreferences = Field(default_factory=GraderPreferences)
    flats: FlatsPreferences = Field(default_factory=FlatsPreferences)
    planner: PlannerPreferences = Field(default_factory=PlannerPreferences)
    pipeline: PipelinePreferences = Field(default_factory=PipelinePreferences)
    nina: NinaPreferences = Field(default_factory=NinaPreferences)

    @field_validator("filters")
    @classmethod
    def _distinct(cls, names: list[str]) -> list[str]:
        if any(not name.strip() for name in names):
            raise ValueError("a filter name is empty")
        if len(set(names)) != len(names):
            raise ValueError("a filter name occurs twice")
        return names

    @property
    def pixel_scale_arcsec(self) -> float | None:
        """Return arcseconds per unbinned pixel, pixel size / focal length x 206.265, or None where they are unknown."""
        if self.pixel_size_um is None or self.focal_length_mm is None:
            return None
        return self.pixel_size_um / self.focal_length_mm * 206.265

    def frame_scale_arcsec(self, binning: int) -> float | None:
        """Return arcseconds per pixel of a frame of this binning, or None where the optics are unknown."""
        scale = self.pixel_scale_arcsec
        return None if scale is None else scale * binning
