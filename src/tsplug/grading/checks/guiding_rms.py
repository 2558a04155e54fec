"""Guiding RMS, in pixels of the imaging camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tsplug.grading.finding import Case, Finding, Outcome, Rule
from tsplug.metrics import is_measured
from tsplug.model import GraderPreferences


class Compared(NamedTuple):
    """What a frame's guiding comes to, in pixels; None where nothing is known of it."""

    outcome: Outcome
    rule: Rule
    rms_px: float | None


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

    def settle(self, case: Case) -> Compared:
        """Test a frame, without telling of it."""
        return self._compared(case)

    def examine(self, case: Case) -> Finding:
        """Test a frame; without guiding (no value, or zero) nothing is said."""
        compared, limit_px = self._compared(case), case.preferences.rms_threshold_px
        outcome, rule, rms_px = compared
        if rms_px is None:
            return Finding(self.title, self.metric, outcome, rule, _silence(case), unit="px")
        detail = (
            f'guiding RMS {case.image.metrics[self.metric]:.2f}" at {case.scale_arcsec:.3f}"/px is {rms_px:.2f} px, '
            f"{'within' if outcome is Outcome.PASS else 'above'} {limit_px:g} px"
        )
        return Finding(self.title, self.metric, outcome, rule, detail, value=rms_px, unit="px", upper=limit_px)

    def _compared(self, case: Case) -> Compared:
        rms_arcsec = case.image.metrics.get(self.metric)
        if case.scale_arcsec is None or not is_measured(rms_arcsec) or rms_arcsec <= 0:
            return Compared(Outcome.ABSTAIN, Rule.MISSING, None)
        rms_px = rms_arcsec / case.scale_arcsec
        passed = rms_px <= case.preferences.rms_threshold_px
        return Compared(Outcome.PASS if passed else Outcome.REJECT, Rule.THRESHOLD, rms_px)


def _silence(case: Case) -> str:
    rms_arcsec = case.image.metrics.get("guiding_rms")
    if not is_measured(rms_arcsec) or rms_arcsec <= 0:
        return "no guiding was recorded"
    return "the focal length or pixel size of the rig is unknown"


CHECK = GuidingCheck()
