"""One night from the first line of its sequence to its last frame: everything put together."""

from __future__ import annotations

from hostsim.night.options import NightOptions
from hostsim.night.run import run_night

__all__ = ["NightOptions", "run_night"]
