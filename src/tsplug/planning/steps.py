"""What the host does for one exposure, as data."""

from __future__ import annotations

from tsplug.model import Dither, Expose, RotateTo, SetReadoutMode, SlewCenter, Step, SwitchFilter
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.exposures import dither_due
from tsplug.planning.situation import Situation


def steps_for(candidate: Candidate, item: CandidatePlan, *, situation: Situation) -> tuple[Step, ...]:
    """Return the steps that lead to an exposure and the exposure itself (planner b.7).

    Pointing and rotation only where the target is new (which dithers better than a dither), the filter only where
    another is in the beam, the readout mode only where the template names one.
    """
    target, template, request = candidate.target, item.template, situation.request
    steps: list[Step] = []
    if target.guid != request.current_target_guid:
        steps.append(SlewCenter(ra_hours=target.ra_hours, dec_deg=target.dec_deg))
        if situation.profile.has_rotator:
            steps.append(RotateTo(position_angle_deg=target.rotation_deg))
    elif dither_due(item, candidate.project, exposures_since_dither=request.exposures_since_dither):
        steps.append(Dither())
    if template.filter_name != request.current_filter:
        steps.append(SwitchFilter(filter_name=template.filter_name))
    if template.readout_mode is not None:
        steps.append(SetReadoutMode(readout_mode=template.readout_mode))
    steps.append(
        Expose(
            exposure_s=item.exposure_s,
            gain=template.gain,
            offset=template.offset,
            binning=template.binning,
            roi_percent=target.roi_percent,
        )
    )
    return tuple(steps)
