"""The first schema: catalogue, images with their judgements, flats."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first schema; tables come after those they refer to."""
    _site()
    _profile()
    _project()
    _target()
    _exposure_template()
    _exposure_plan()
    _acquired_image()
    _thumbnail()
    _verdict()
    _status_change()
    _count_adjustment()
    _trained_flat()
    _flat_set()
    _flat_set_file()
    _flat_history()


def _table(name: str, *items: SchemaItem) -> None:
    key = (sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))
    op.create_table(name, *key, *items, sqlite_autoincrement=True)


def _refers(table: str, column: str, *, to: str, cascade: bool = False) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE" if cascade else None)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _site() -> None:
    _table(
        "site",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("latitude_deg", sa.Float(), nullable=False),
        sa.Column("longitude_deg", sa.Float(), nullable=False),
        sa.Column("elevation_m", sa.Float(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("horizon", sa.JSON(), nullable=False),
        sa.Column("sky_quality", sa.Float(), nullable=True),
        sa.Column("bortle", sa.Float(), nullable=True),
        sa.UniqueConstraint("guid", name="uq_site_guid"),
    )


def _profile() -> None:
    _table(
        "profile",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("observer", sa.String(), nullable=False),
        sa.Column("telescope", sa.String(), nullable=False),
        sa.Column("focal_length_mm", sa.Float(), nullable=False),
        sa.Column("aperture_mm", sa.Float(), nullable=False),
        sa.Column("camera", sa.String(), nullable=False),
        sa.Column("pixel_size_um", sa.Float(), nullable=False),
        sa.Column("sensor_width_px", sa.Integer(), nullable=False),
        sa.Column("sensor_height_px", sa.Integer(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("filter_offsets", sa.JSON(), nullable=False),
        sa.Column("astrobin_filters", sa.JSON(), nullable=False),
        sa.Column("has_rotator", sa.Boolean(), nullable=False),
        sa.Column("panel_max_brightness", sa.Integer(), nullable=False),
        sa.Column("light_pattern", sa.String(), nullable=False),
        sa.Column("flat_pattern", sa.String(), nullable=False),
        sa.Column("grader", sa.JSON(), nullable=False),
        sa.Column("flats", sa.JSON(), nullable=False),
        sa.Column("planner", sa.JSON(), nullable=False),
        _refers("profile", "site_id", to="site"),
        sa.UniqueConstraint("guid", name="uq_profile_guid"),
    )
    _index("profile", "name")


def _project() -> None:
    _table(
        "project",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inactive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_mosaic", sa.Boolean(), nullable=False),
        sa.Column("flats_handling", sa.Integer(), nullable=False),
        sa.Column("minimum_time_min", sa.Integer(), nullable=False),
        sa.Column("minimum_altitude_deg", sa.Float(), nullable=False),
        sa.Column("maximum_altitude_deg", sa.Float(), nullable=False),
        sa.Column("use_custom_horizon", sa.Boolean(), nullable=False),
        sa.Column("horizon_offset_deg", sa.Float(), nullable=False),
        sa.Column("meridian_window_min", sa.Integer(), nullable=False),
        sa.Column("filter_switch_frequency", sa.Integer(), nullable=False),
        sa.Column("dither_every", sa.Integer(), nullable=False),
        sa.Column("smart_exposure_order", sa.Boolean(), nullable=False),
        sa.Column("grading_enabled", sa.Boolean(), nullable=False),
        sa.Column("rule_weights", sa.JSON(), nullable=False),
        _refers("project", "profile_id", to="profile"),
        sa.UniqueConstraint("guid", name="uq_project_guid"),
    )
    _index("project", "profile_id", "state")


def _target() -> None:
    _table(
        "target",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("ra_hours", sa.Float(), nullable=False),
        sa.Column("dec_deg", sa.Float(), nullable=False),
        sa.Column("rotation_deg", sa.Float(), nullable=False),
        sa.Column("roi_percent", sa.Float(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        _refers("target", "project_id", to="project"),
        sa.UniqueConstraint("guid", name="uq_target_guid"),
    )
    _index("target", "project_id")


def _exposure_template() -> None:
    _table(
        "exposure_template",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filter_name", sa.String(), nullable=False),
        sa.Column("default_exposure_s", sa.Float(), nullable=False),
        sa.Column("gain", sa.Integer(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=True),
        sa.Column("binning", sa.Integer(), nullable=False),
        sa.Column("readout_mode", sa.Integer(), nullable=True),
        sa.Column("twilight", sa.String(), nullable=False),
        sa.Column("twilight_offset_min", sa.Integer(), nullable=False),
        sa.Column("dither_every", sa.Integer(), nullable=True),
        sa.Column("maximum_humidity_percent", sa.Float(), nullable=False),
        sa.Column("moon_avoidance", sa.Boolean(), nullable=False),
        sa.Column("moon_separation_deg", sa.Float(), nullable=False),
        sa.Column("moon_width_days", sa.Integer(), nullable=False),
        sa.Column("moon_relax_scale", sa.Float(), nullable=False),
        sa.Column("moon_relax_maximum_altitude_deg", sa.Float(), nullable=False),
        sa.Column("moon_relax_minimum_altitude_deg", sa.Float(), nullable=False),
        sa.Column("moon_must_be_down", sa.Boolean(), nullable=False),
        sa.Column("minimum_grade", sa.String(), nullable=False),
        _refers("exposure_template", "profile_id", to="profile"),
        sa.UniqueConstraint("guid", name="uq_exposure_template_guid"),
    )
    _index("exposure_template", "profile_id")


def _exposure_plan() -> None:
    _table(
        "exposure_plan",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("exposure_s", sa.Float(), nullable=True),
        sa.Column("desired", sa.Integer(), nullable=False),
        sa.Column("acquired", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        _refers("exposure_plan", "target_id", to="target"),
        _refers("exposure_plan", "template_id", to="exposure_template"),
        sa.UniqueConstraint("guid", name="uq_exposure_plan_guid"),
    )
    _index("exposure_plan", "target_id")
    _index("exposure_plan", "template_id")


def _acquired_image() -> None:
    _table(
        "acquired_image",
        *_image_identity(),
        *_image_settings(),
        sa.UniqueConstraint("guid", name="uq_acquired_image_guid"),
    )
    _index("acquired_image", "plan_id", "status")
    _index("acquired_image", "profile_id", "started")
    _index("acquired_image", "project_id", "started")
    _index("acquired_image", "started")
    _index("acquired_image", "status", "started")
    _index("acquired_image", "target_id", "started")


def _image_identity() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("profile_name", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("target_name", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("template_name", sa.String(), nullable=False),
        sa.Column("filter_name", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acquired", sa.DateTime(timezone=True), nullable=False),
    )


def _image_settings() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("exposure_s", sa.Float(), nullable=False),
        sa.Column("gain", sa.Integer(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=True),
        sa.Column("binning", sa.Integer(), nullable=False),
        sa.Column("readout_mode", sa.Integer(), nullable=True),
        sa.Column("readout_mode_name", sa.String(), nullable=False),
        sa.Column("rotation_deg", sa.Float(), nullable=True),
        sa.Column("position_angle_deg", sa.Float(), nullable=True),
        sa.Column("roi_percent", sa.Float(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("pier_side", sa.String(), nullable=False),
        sa.Column("focuser_position", sa.Integer(), nullable=True),
        sa.Column("focuser_temperature_c", sa.Float(), nullable=True),
        sa.Column("camera_temperature_c", sa.Float(), nullable=True),
        sa.Column("camera_set_temperature_c", sa.Float(), nullable=True),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("detector", sa.String(), nullable=True),
        sa.Column("measure_error", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reject_reason", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("band", sa.String(), nullable=True),
    )


def _thumbnail() -> None:
    _table(
        "thumbnail",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _refers("thumbnail", "image_id", to="acquired_image", cascade=True),
        sa.UniqueConstraint("image_id", "tag", name="uq_thumbnail_image_id_tag"),
    )


def _verdict() -> None:
    _table(
        "verdict",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("grader", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("band", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        _refers("verdict", "image_id", to="acquired_image", cascade=True),
    )
    _index("verdict", "image_id", "grader")


def _status_change() -> None:
    _table(
        "status_change",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["acquired_image.id"], name="fk_status_change_image_id", ondelete="CASCADE"
        ),
    )
    _index("status_change", "image_id")


def _count_adjustment() -> None:
    _table(
        "count_adjustment",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["exposure_plan.id"], name="fk_count_adjustment_plan_id", ondelete="CASCADE"
        ),
    )
    _index("count_adjustment", "plan_id")


def _trained_flat() -> None:
    _table(
        "trained_flat",
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("filter_name", sa.String(), nullable=False),
        sa.Column("gain", sa.Integer(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=True),
        sa.Column("binning", sa.Integer(), nullable=False),
        sa.Column("readout_mode", sa.Integer(), nullable=True),
        sa.Column("brightness", sa.Integer(), nullable=False),
        sa.Column("exposure_s", sa.Float(), nullable=False),
        sa.Column("target_adu", sa.Float(), nullable=True),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        _refers("trained_flat", "profile_id", to="profile"),
    )
    _index("trained_flat", "profile_id", "filter_name")


def _flat_set() -> None:
    _table(
        "flat_set",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("filter_name", sa.String(), nullable=False),
        sa.Column("gain", sa.Integer(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=True),
        sa.Column("binning", sa.Integer(), nullable=False),
        sa.Column("readout_mode", sa.Integer(), nullable=True),
        sa.Column("roi_percent", sa.Float(), nullable=False),
        sa.Column("rotation_deg", sa.Float(), nullable=True),
        sa.Column("brightness", sa.Integer(), nullable=False),
        sa.Column("exposure_s", sa.Float(), nullable=False),
        sa.Column("adu_median", sa.Float(), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        _refers("flat_set", "profile_id", to="profile"),
        sa.UniqueConstraint("guid", name="uq_flat_set_guid"),
    )
    _index("flat_set", "profile_id", "night")


def _flat_set_file() -> None:
    _table(
        "flat_set_file",
        sa.Column("flat_set_id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("adu_median", sa.Float(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["flat_set_id"], ["flat_set.id"], name="fk_flat_set_file_flat_set_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("guid", name="uq_flat_set_file_guid"),
    )
    _index("flat_set_file", "flat_set_id")


def _flat_history() -> None:
    _table(
        "flat_history",
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("target_name", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("session_date", sa.Date(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("filter_name", sa.String(), nullable=False),
        sa.Column("gain", sa.Integer(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=True),
        sa.Column("binning", sa.Integer(), nullable=False),
        sa.Column("readout_mode", sa.Integer(), nullable=True),
        sa.Column("roi_percent", sa.Float(), nullable=False),
        sa.Column("rotation_deg", sa.Float(), nullable=True),
        sa.Column("flats_type", sa.String(), nullable=False),
        sa.Column("flat_set_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        _refers("flat_history", "flat_set_id", to="flat_set"),
    )
    _index("flat_history", "flat_set_id")
    _index("flat_history", "profile_id", "taken_at")
    _index("flat_history", "target_id", "session_date")
