"""What happens in a night, as data: clouds, wind, dew, focus, guiding, satellites and the horizon."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Scenario(BaseModel):
    """A named night."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="clear", min_length=1, description="What the night is called.")


CLEAR = Scenario()
"""A clear, calm night: nothing happens."""
