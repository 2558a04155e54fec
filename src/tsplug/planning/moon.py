"""How far from the Moon a template wants to stay: the classic Lorentzian of Moon avoidance (planner a.11)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tsplug.model import ExposureTemplate, MoonAge
from tsplug.planning.arrays import FloatArray, Mask
from tsplug.planning.astronomy.moon import SYNODIC_MONTH_DAYS


class MoonRule(NamedTuple):
    """A template's Moon settings: degrees and days; a relax scale of 0 switches relaxation off."""

    separation_deg: float
    width_days: float
    relax_scale: float
    relax_maximum_deg: float
    relax_minimum_deg: float
    must_be_down: bool
    age: MoonAge = MoonAge.ECLIPTIC

    @classmethod
    def of(cls, template: ExposureTemplate, *, age: MoonAge = MoonAge.ECLIPTIC) -> MoonRule | None:
        """Return a template's rule, None where Moon avoidance is off."""
        if not template.moon_avoidance:
            return None
        return cls(
            template.moon_separation_deg,
            float(template.moon_width_days),
            template.moon_relax_scale,
            template.moon_relax_maximum_altitude_deg,
            template.moon_relax_minimum_altitude_deg,
            template.moon_must_be_down,
            age,
        )

    @property
    def score(self) -> float:
        """Return how much the rule minds the Moon, 0 to 1 whatever the sky: 1 where it must be down (planner a.11)."""
        return 1.0 if self.must_be_down else self.separation_deg * self.width_days / (180.0 * 14.0)


def avoidance_deg(rule: MoonRule, *, age_days: FloatArray, altitude_deg: FloatArray) -> FloatArray:
    """Return the separation that the rule asks for, widest at full Moon; zero or less asks for nothing.

    ``S / (1 + ((0.5 - age / month) / (W / month))^2)``; with relaxation, separation S and width W shrink as the Moon
    sinks below the upper relaxation altitude, and below the lower one nothing is asked for.

    Args:
        rule: the template's settings.
        age_days: the Moon's age, 0 at new Moon.
        altitude_deg: the Moon's altitude at the site.
    """
    low = (altitude_deg <= rule.relax_maximum_deg) & (rule.relax_scale > 0)
    separation = rule.separation_deg + low * rule.relax_scale * (altitude_deg - rule.relax_maximum_deg)
    span = rule.relax_maximum_deg - rule.relax_minimum_deg
    shrunk = np.clip((altitude_deg - rule.relax_minimum_deg) / span if span > 0 else 0.0, 0.0, 1.0)
    width = rule.width_days * np.where(low, shrunk, 1.0)
    from_full = (0.5 - age_days / SYNODIC_MONTH_DAYS) * SYNODIC_MONTH_DAYS
    with np.errstate(divide="ignore", invalid="ignore"):
        asked = separation / (1 + (from_full / width) ** 2)
    return np.where(width > 0, asked, 0.0)


def moon_allows(rule: MoonRule, *, asked_deg: FloatArray, altitude_deg: FloatArray, separation_deg: FloatArray) -> Mask:
    """Return where the Moon permits an exposure; equality with the asked separation is allowed.

    Args:
        rule: the template's settings.
        asked_deg: what `avoidance_deg` says.
        altitude_deg: the Moon's altitude at the site.
        separation_deg: the target's distance from the Moon.
    """
    up = rule.must_be_down & (altitude_deg >= rule.relax_maximum_deg)
    deep_down = (rule.relax_scale > 0) & (altitude_deg <= rule.relax_minimum_deg)
    return np.asarray(deep_down | ((separation_deg >= asked_deg) & ~up))
