"""A rig: the equipment that images together, and how its owner likes it used."""

from __future__ import annotations

from pydantic import field_validator
from sqlmodel import Field

from tsplug.model.base import Record, new_guid
from tsplug.model.preferences import (
    FlatsPreferences,
    GraderPreferences,
    PlannerPreferences,
)

LIGHT_PATTERN = (
    "$$TARGETNAME$$/$$DATEMINUS12$$/$$IMAGETYPE$$/$$DATETIME$$_$$FILTER$$_$$SENSORTEMP$$_$$EXPOSURETIME$$s_$$FRAMENR$$"
)
FLAT_PATTERN = "$$DATEMINUS12$$/$$FILTER$$/$$TSSESSIONID$$_$$DATETIME$$_$$FILTER$$_$$EXPOSURETIME$$s_$$FRAMENR$$"


class Profile(Record):
    """Optics (mm), camera (pixels, micrometres), wheel, rotator and panel of one rig, with its preferences."""

    guid: str = Field(default_factory=new_guid)
    name: str = Field(min_length=1)
    site_id: int
    observer: str = ""
    telescope: str = ""
    focal_length_mm: float = Field(gt=0)
    aperture_mm: float = Field(gt=0)
    camera: str = ""
    pixel_size_um: float = Field(gt=0)
    sensor_width_px: int = Field(default=0, ge=0)
    sensor_height_px: int = Field(default=0, ge=0)
    filters: list[str] = Field(default_factory=list)
    filter_offsets: list[int] = Field(default_factory=list)
    astrobin_filters: dict[str, int] = Field(default_factory=dict)
    has_rotator: bool = True
    panel_max_brightness: int = Field(default=0, ge=0)
    light_pattern: str = LIGHT_PATTERN
    flat_pattern: str = FLAT_PATTERN
    grader: GraderPreferences = Field(default_factory=GraderPreferences)
    flats: FlatsPreferences = Field(default_factory=FlatsPreferences)
    planner: PlannerPreferences = Field(default_factory=PlannerPreferences)

    @field_validator("filters")
    @classmethod
    def _distinct(cls, names: list[str]) -> list[str]:
        if any(not name.strip() for name in names):
            raise ValueError("a filter name is empty")
        if len(set(names)) != len(names):
            raise ValueError("a filter name occurs twice")
        return names

    @property
    def pixel_scale_arcsec(self) -> float:
        """Return arcseconds per unbinned pixel: pixel size / focal length x 206.265."""
        return self.pixel_size_um / self.focal_length_mm * 206.265
