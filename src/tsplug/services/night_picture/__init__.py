"""A night as a picture that can be read in the dark: altitudes, twilight, Moon, horizon, and what is imaged when."""

from __future__ import annotations

from tsplug.services.night_picture.picture import draw_night

__all__ = ["draw_night"]
