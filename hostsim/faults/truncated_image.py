"""Frames arrive in part."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.faults.parts.fault import AnswerFault


class TruncatedImage(AnswerFault):
    """Only the beginning of a frame is sent, as ImageBytes or as JSON."""

    help: ClassVar[str] = "Only the beginning of each frame is sent; the camera still has it all."
    type: Literal["truncated_image"] = "truncated_image"
    device: Literal["camera"] = Field(default="camera", description="The kind of device: a camera.")
    member: Literal["imagearray", "imagearrayvariant"] | None = Field(
        default="imagearray", description="The member that sends frames."
    )
    keeps: float = Field(default=0.5, ge=0, le=0.99, description="Which part of the frame's bytes is sent.")

    @property
    def kept(self) -> float:
        """Return which part of the answer's bytes is sent, 0 to 1."""
        return self.keeps


FAULT = TruncatedImage
