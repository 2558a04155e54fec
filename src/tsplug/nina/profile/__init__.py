"""N.I.N.A. profiles: what their XML says of a rig, as plain values."""

from __future__ import annotations

from tsplug.nina.profile.reading import read_profile
from tsplug.nina.profile.values import NinaFilter, NinaFlat, NinaProfile, NinaSite

__all__ = ["NinaFilter", "NinaFlat", "NinaProfile", "NinaSite", "read_profile"]
