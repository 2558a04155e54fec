"""Guiding RMS, in pixels of the imaging camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tsplug.grading.finding import Case, Finding, Outcome, Rule
from tsplug.model import GraderPreferences


@dataclass(frozen=True)
class GuidingCheck:
    """Rejects a frame whose guiding error exceeds so many pixels of the imaging camera.

    The error in arcseconds is *divided* by the camera's scale (arcseconds per binned pixel; spec/peers e-9).
    """

    title: str = "Guiding RMS"
    metric: str = "guiding_rms"
    order: int = 10

    @property
    def needs_peers(self) -> bool:
        """Return False: the threshold is absolute."""
        return False

    def enabled(self, preferences: GraderPreferences) -> bool:
        """Return whether the profile wants this test."""
        return preferences.grade_rms

    def settle(self, case: Case) -> Finding:
        """Test a frame; there is little to tell."""
        return self.examine(case)

    def examine(self, case: Case) -> Finding:
        """Test a frame; without guiding (no value, or zero) nothing is said."""
        rms_arcsec = case.image.metrics.get(self.metric)
        if rms_arcsec is None or not math.isfinite(rms_arcsec) or rms_arcsec <= 0:
            return self._silent("no guiding was recorded")
        if case.scale_arcsec is None:
            return self._silent("the focal length or pixel size of the rig is unknown")
        rms_px, limit_px = rms_arcsec / case.scale_arcsec, case.preferences.rms_threshold_px
        passed = rms_px <= limit_px
        detail = (
            f'guiding RMS {rms_arcsec:.2f}" at {case.scale_arcsec:.3f}"/px is {rms_px:.2f} px, '
            f"{'within' if passed else 'above'} {limit_px:g} px"
        )
        outcome = Outcome.PASS if passed else Outcome.REJECT
        return Finding(
            self.title, self.metric, outcome, Rule.THRESHOLD, detail, value=rms_px, unit="px", upper=limit_px
        )

    def _silent(self, why: str) -> Finding:
        return Finding(self.title, self.metric, Outcome.ABSTAIN, Rule.MISSING, why, unit="px")


CHECK = GuidingCheck()
