"""What the host does for one exposure, as data."""

from __future__ import annotations

from tsplug.model import (
    Dither,
    Expose,
    Profile,
    RotateTo,
    SetReadoutMode,
    SlewCenter,
    Step,
    SwitchFilter,
)
from tsplug.planning.candidates import Candidate
from tsplug.planning.exposures import Selection, Selector, dither_due, selector_of
from tsplug.planning.situation import Asked


def steps_for(candidate: Candidate, selection: Selection, *, profile: Profile, request: Asked) -> tuple[Step, ...]:
    """Return the steps that lead to an exposure and the exposure itself (planner b.7).

    Pointing and rotation only where the target is new (which dithers better than a dither), the filter only where
    another is in the beam, the readout mode only where the template names one. With slewing and centering off in the
    rig's preferences the host points by itself.
    """
    item = selection.item
    target, template = candidate.target, item.template
    steps: list[Step] = []
    if target.guid != request.current_target_guid:
        steps.extend(_pointing(candidate, profile))
    elif dithers_first(candidate, selection, request=request):
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


def dithers_first(candidate: Candidate, selection: Selection, *, request: Asked) -> bool:
    """Return whether a dither comes before an exposure of the target that is imaged already.

    An override order says so itself, if anything was exposed since the last dither: passing two dithers with nothing
    between them that could be exposed asks for none. Otherwise the counts by filter decide. A host that only counts
    exposures is taken to have exposed this filter alone.
    """
    since = request.since_dither or (selection.item.template.filter_name,) * request.exposures_since_dither
    if selector_of(candidate.project, candidate.target) is Selector.OVERRIDE:
        return selection.ordered_dither and len(since) > 0
    return dither_due(selection.item, candidate.project, since_dither=since)


def _pointing(candidate: Candidate, profile: Profile) -> list[Step]:
    if not profile.planner.slew_and_center:
        return []
    target = candidate.target
    slew = SlewCenter(ra_hours=target.ra_hours, dec_deg=target.dec_deg)
    return [slew, RotateTo(position_angle_deg=target.rotation_deg)] if profile.has_rotator else [slew]
