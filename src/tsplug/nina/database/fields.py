"""Which field of a record stands in which column: one table for both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tsplug.nina.database.codecs import (
    DECLINATION,
    FLAG,
    HOURS,
    MARKED,
    MARKED_REAL,
    MOMENT,
    NEAREST,
    PRIORITY,
    REAL,
    ROUNDED,
    STATE,
    TARGET_PRIORITY,
    TEXT,
    TURN,
    TWILIGHT,
    WHOLE,
    Codec,
    decode_real,
    decode_text,
)

NO_FILTER = "(none)"
"""The name of a filter that has none."""

Row = Mapping[str, Any]
"""One row of the database: values by column name in lower case."""

Complaint = Callable[[str, str], None]
"""Takes what could not be carried, and why."""


@dataclass(frozen=True)
class Field:
    """A field, its column and the codec between them; ``nullable`` fields are None where the column is empty.

    ``needed`` says what is left out where the column gives no value, because nothing can stand in.
    """

    name: str
    column: str
    codec: Codec
    nullable: bool = False
    needed: str = ""

    @property
    def key(self) -> str:
        """The column's name as rows have it."""
        return self.column.lower()


def decoded(fields: Iterable[Field], row: Row, *, complain: Complaint) -> dict[str, Any]:
    """Return the fields that a row gives; a column that is missing or empty gives none, a wrong value is complained."""
    given: dict[str, Any] = {}
    for field in fields:
        value = row.get(field.key)
        if value is None:
            given |= {field.name: None} if field.nullable and field.key in row else {}
            if field.needed:
                complain(field.column, f"it is missing; {field.needed} is left out")
            continue
        try:
            given[field.name] = field.codec.decode(value)
        except ValueError as error:
            instead = f"{field.needed} is left out" if field.needed else "the default stands in"
            complain(f"{field.column} {value!r}", f"{error}; {instead}")
            continue
        if field.codec is NEAREST and given[field.name] != decode_real(value):
            complain(f"{field.column} {value!r}", f"it is rounded to {given[field.name]}")
    return given


def named_filter(row: Row, *, complain: Complaint) -> str:
    """Return the name of a row's filter; where it is empty, another stands in, and it is complained of."""
    name = decode_text(row.get("filtername") or "")
    if name.strip():
        return name
    complain("filtername", f"it is empty; {NO_FILTER!r} stands in")
    return NO_FILTER


def encoded(fields: Iterable[Field], record: object) -> dict[str, Any]:
    """Return the columns of a record."""
    return {field.column: field.codec.encode(getattr(record, field.name)) for field in fields}


PROJECT = (
    Field("name", "name", TEXT),
    Field("description", "description", TEXT),
    Field("state", "state", STATE),
    Field("priority", "priority", PRIORITY),
    Field("created_at", "createdate", MOMENT),
    Field("active_at", "activedate", MOMENT, nullable=True),
    Field("inactive_at", "inactivedate", MOMENT, nullable=True),
    Field("is_mosaic", "isMosaic", FLAG),
    Field("flats_handling", "flatsHandling", WHOLE),
    Field("minimum_time_min", "minimumtime", WHOLE),
    Field("minimum_altitude_deg", "minimumaltitude", REAL),
    Field("maximum_altitude_deg", "maximumAltitude", REAL),
    Field("use_custom_horizon", "usecustomhorizon", FLAG),
    Field("horizon_offset_deg", "horizonoffset", REAL),
    Field("meridian_window_min", "meridianwindow", WHOLE),
    Field("filter_switch_frequency", "filterswitchfrequency", WHOLE),
    Field("dither_every", "ditherevery", WHOLE),
    Field("smart_exposure_order", "smartexposureorder", FLAG),
    Field("grading_enabled", "enablegrader", FLAG),
)
TARGET = (
    Field("name", "name", TEXT),
    Field("enabled", "active", FLAG),
    Field("ra_hours", "ra", HOURS, needed="the target"),
    Field("dec_deg", "dec", DECLINATION, needed="the target"),
    Field("rotation_deg", "rotation", TURN),
    Field("roi_percent", "roi", REAL),
    Field("priority", "priority", TARGET_PRIORITY),
)
PLAN = (
    Field("exposure_s", "exposure", MARKED_REAL),
    Field("desired", "desired", WHOLE),
    Field("enabled", "enabled", FLAG),
)
TEMPLATE = (
    Field("name", "name", TEXT),
    Field("filter_name", "filtername", TEXT),
    Field("default_exposure_s", "defaultexposure", REAL),
    Field("gain", "gain", MARKED),
    Field("offset", "offset", MARKED),
    Field("binning", "bin", WHOLE),
    Field("readout_mode", "readoutmode", MARKED),
    Field("twilight", "twilightlevel", TWILIGHT),
    Field("twilight_offset_min", "minutesOffset", WHOLE),
    Field("dither_every", "ditherevery", MARKED),
    Field("maximum_humidity_percent", "maximumhumidity", REAL),
    Field("moon_avoidance", "moonavoidanceenabled", FLAG),
    Field("moon_separation_deg", "moonavoidanceseparation", REAL),
    Field("moon_width_days", "moonavoidancewidth", WHOLE),
    Field("moon_relax_scale", "moonrelaxscale", REAL),
    Field("moon_relax_maximum_altitude_deg", "moonrelaxmaxaltitude", REAL),
    Field("moon_relax_minimum_altitude_deg", "moonrelaxminaltitude", REAL),
    Field("moon_must_be_down", "moondownenabled", FLAG),
)
FLATS = (
    Field("session_id", "lightSessionId", WHOLE),
    Field("taken_at", "flatsTakenDate", MOMENT),
    Field("flats_type", "flatsType", TEXT),
    Field("filter_name", "filterName", TEXT),
    Field("gain", "gain", MARKED),
    Field("offset", "offset", MARKED),
    Field("binning", "bin", WHOLE),
    Field("readout_mode", "readoutmode", MARKED),
    Field("rotation_deg", "rotation", TURN),
    Field("roi_percent", "roi", REAL),
)
GRADER = (
    Field("grade_rms", "enableGradeRMS", FLAG),
    Field("grade_stars", "enableGradeStars", FLAG),
    Field("grade_hfr", "enableGradeHFR", FLAG),
    Field("grade_fwhm", "enableGradeFWHM", FLAG),
    Field("grade_eccentricity", "enableGradeEccentricity", FLAG),
    Field("delay_percent", "delayGrading", NEAREST),
    Field("accept_improvement", "acceptimprovement", FLAG),
    Field("max_samples", "maxGradingSampleSize", WHOLE),
    Field("move_rejected", "enableMoveRejected", FLAG),
    Field("rms_threshold_px", "rmsPixelThreshold", REAL),
    Field("stars_sigma", "detectedStarsSigmaFactor", REAL),
    Field("hfr_sigma", "hfrSigmaFactor", REAL),
    # The last two are INTEGER columns, which N.I.N.A. reads as such.
    Field("fwhm_sigma", "fwhmSigmaFactor", ROUNDED),
    Field("eccentricity_sigma", "eccentricitySigmaFactor", ROUNDED),
    Field("auto_accept_hfr", "autoAcceptLevelHFR", REAL),
    Field("auto_accept_fwhm", "autoAcceptLevelFWHM", REAL),
    Field("auto_accept_eccentricity", "autoAcceptLevelEccentricity", REAL),
    # Later than the databases we write.
    Field("auto_reject_hfr", "autoRejectLevelHFR", REAL),
    Field("auto_reject_fwhm", "autoRejectLevelFWHM", REAL),
    Field("auto_reject_eccentricity", "autoRejectLevelEccentricity", REAL),
)
PLANNER = (
    Field("exposure_throttle_percent", "exposurethrottle", NEAREST),
    Field("park_on_wait", "parkonwait", FLAG),
    Field("delete_images_with_target", "enableDeleteAcquiredImagesWithTarget", FLAG),
    Field("slew_and_center", "enableSlewCenter", FLAG),
    Field("stop_on_humidity", "enableStopOnHumidity", FLAG),
)
NINA = (
    Field("smart_plan_window", "enableSmartPlanWindow", FLAG),
    Field("log_level", "logLevel", WHOLE),
    Field("profile_completion_reset", "enableProfileTargetCompletionReset", FLAG),
    Field("synchronization", "enableSynchronization", FLAG),
    Field("sync_wait_timeout_s", "syncWaitTimeout", WHOLE),
    Field("sync_action_timeout_s", "syncActionTimeout", WHOLE),
    Field("sync_solve_rotate_timeout_s", "syncSolveRotateTimeout", WHOLE),
    Field("sync_event_container_timeout_s", "syncEventContainerTimeout", WHOLE),
    Field("synced_autofocus", "enableSyncedAutoFocus", FLAG),
    Field("simulated_run", "enableSimulatedRun", FLAG),
    Field("skip_simulated_waits", "skipSimulatedWaits", FLAG),
    Field("skip_simulated_updates", "skipSimulatedUpdates", FLAG),
    Field("api", "enableAPI", FLAG),
    Field("api_port", "apiPort", WHOLE),
    Field("api_pretty_print", "apiPrettyPrint", FLAG),
)
