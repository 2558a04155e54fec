"""The complete catalogue: contributions, orders of exposures, criteria, jobs, leases; rigs not fully known."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0002"
down_revision = "0001"

_LIST, _MAPPING = "'[]'", "'{}'"


def upgrade() -> None:
    """Add the new tables and columns; what is stored keeps its meaning."""
    _profile()
    _project()
    _images_and_flats()
    _criteria()
    _jobs()


def _table(name: str, *items: SchemaItem) -> None:
    key = (sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))
    op.create_table(name, *key, *items, sqlite_autoincrement=True)


def _refers(table: str, column: str, *, to: str, cascade: bool = False) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE" if cascade else None)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _json(name: str, value: object) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default=sa.text(f"'{json.dumps(value)}'"))


def _profile() -> None:
    with op.batch_alter_table("profile", table_kwargs={"sqlite_autoincrement": True}) as table:
        for column, kind in (
            ("site_id", sa.Integer()),
            ("focal_length_mm", sa.Float()),
            ("aperture_mm", sa.Float()),
            ("pixel_size_um", sa.Float()),
        ):
            table.alter_column(column, existing_type=kind, nullable=True)
        for name in ("readout_modes", "gain_names", "offset_names"):
            table.add_column(_json(name, []))
        table.add_column(sa.Column("panel_min_brightness", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(_json("nina", {}))


def _project() -> None:
    op.add_column("project", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("target", _json("override_order", []))
    op.add_column("target", _json("filter_cadence", []))
    _table(
        "contribution",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        _refers("contribution", "project_id", to="project", cascade=True),
        _refers("contribution", "profile_id", to="profile"),
        sa.UniqueConstraint("project_id", "profile_id", name="uq_contribution_project_id_profile_id"),
    )
    _index("contribution", "profile_id")


def _images_and_flats() -> None:
    op.add_column("acquired_image", _json("extra", {}))
    with op.batch_alter_table("flat_history", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("flat_set_id", existing_type=sa.Integer(), nullable=True)


def _criteria() -> None:
    _table(
        "criteria_set",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        *(sa.Column(f"threshold_{band}", sa.Integer(), nullable=False) for band in "abcd"),
        sa.Column("minimum_coverage", sa.Float(), nullable=False),
        sa.UniqueConstraint("guid", name="uq_criteria_set_guid"),
    )
    _index("criteria_set", "name")
    _table(
        "criteria_row",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("trend", sa.String(), nullable=False),
        sa.Column("good", sa.Float(), nullable=False),
        sa.Column("bad", sa.Float(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("deviation", sa.Boolean(), nullable=False),
        sa.Column("allowed_percent", sa.Float(), nullable=False),
        sa.Column("gate", sa.Float(), nullable=True),
        _refers("criteria_row", "set_id", to="criteria_set", cascade=True),
        sa.UniqueConstraint("set_id", "metric", name="uq_criteria_row_set_id_metric"),
    )


def _jobs() -> None:
    _table(
        "job",
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=True),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("guid", name="uq_job_guid"),
    )
    for columns in (("state", "priority", "id"), ("image_id",), ("file",)):
        _index("job", *columns)
    _table(
        "job_step",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        _refers("job_step", "job_id", to="job", cascade=True),
        sa.UniqueConstraint("job_id", "module", name="uq_job_step_job_id_module"),
    )
    _table(
        "lease",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        _refers("lease", "plan_id", to="exposure_plan", cascade=True),
    )
    _index("lease", "plan_id", "until")
