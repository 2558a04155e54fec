"""What the image pipeline keeps of frames."""

from __future__ import annotations

from sqlmodel import Field

from tsplug.model.base import Record, UtcDatetime

NOT_SOLVED = "not solved: "
"""What a plate solver's step says before the reasons where it found nothing, which is no failure."""


class KeptHeader(Record):
    """The header of a frame as it was before the pipeline first wrote into it, with a mark of its data, packed by zlib.

    ``image_id`` is None for a frame without a record, which is known by its place alone.
    """

    image_id: int | None = None
    file: str
    header: bytes
    kept_at: UtcDatetime


class FrameSolution(Record):
    """Where a frame looks, as a plate solver found it; an attempt that found nothing takes no solution's place.

    Centre and position angle (of the frame's up, east of north, degrees) are J2000; ``mirrored`` says that east lies to
    the right of north. ``cd`` is the matrix of FITS, degrees per pixel: CD1_1, CD1_2, CD2_1, CD2_2. ``stars`` were
    matched with the catalogue (0 where a program does not tell), ``residual_arcsec`` apart (root mean square). Offsets
    are what the centre is east and north of the wished position, rotation and scale errors found minus wished; None
    where no wish is known, or where it lies more than a quarter turn away.
    """

    image_id: int
    solver: str
    solved: bool
    message: str = ""
    ra_deg: float | None = None
    dec_deg: float | None = None
    scale_arcsec: float | None = Field(default=None, gt=0)
    position_angle_deg: float | None = None
    mirrored: bool | None = None
    cd: list[float] = Field(default_factory=list)
    stars: int = Field(default=0, ge=0)
    residual_arcsec: float | None = Field(default=None, ge=0)
    offset_ra_arcsec: float | None = None
    offset_dec_arcsec: float | None = None
    offset_arcsec: float | None = Field(default=None, ge=0)
    rotation_error_deg: float | None = None
    scale_error_percent: float | None = None
    on_target: bool | None = None
    solved_at: UtcDatetime
