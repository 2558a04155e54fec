"""The tables: one for every record of the model, with its keys, references and indexes.

Fields are written once, in `tsplug.model`; a table class takes them from there. References of images and of flat
history to profiles, projects, targets and plans are weak on purpose: those records outlive what they name.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DefaultClause, ForeignKeyConstraint, Index, MetaData, Table, UniqueConstraint, false, text
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field, SQLModel

from tsplug.model import (
    AcquiredImage,
    ChangedReadoutMode,
    Contribution,
    CountAdjustment,
    CriteriaRow,
    CriteriaSet,
    ExposurePlan,
    ExposureTemplate,
    FileMove,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FrameSolution,
    Job,
    JobStep,
    KeptHeader,
    Lease,
    LitPanel,
    ManualGrading,
    Profile,
    Project,
    PurgedImage,
    Record,
    RegradeRun,
    SettledPlan,
    Site,
    StatusChange,
    Target,
    Thumbnail,
    TrainedFlat,
    Verdict,
)
from tsplug.store.columns import column_type, optional

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
"""Every table of the store, with names of constraints that migrations can rely on."""

TABLES: dict[type[Record], Table] = {}
"""The table of every kind of record."""


def _table(kind: type[Record], name: str, *items: SchemaItem) -> None:
    """Derive the table class of a kind of record and register its table.

    Ids are never given out twice: an image that outlives its target must not fall to a new one.
    """
    columns: dict[str, Any] = {
        field: Field(sa_type=column_type(info.annotation), primary_key=field == "id", nullable=_nullable(field, info))
        for field, info in kind.model_fields.items()
    }
    namespace = {
        "__module__": __name__,
        "__tablename__": name,
        "__table_args__": (*items, {"sqlite_autoincrement": True}),
        "__annotations__": {field: info.annotation for field, info in kind.model_fields.items()},
        "metadata": METADATA,
        **columns,
    }
    make: Any = type(SQLModel)
    row = make(f"{kind.__name__}Row", (kind,), namespace, table=True)
    TABLES[kind] = row.__table__


def _nullable(field: str, info: Any) -> bool:
    return field != "id" and optional(info.annotation)


def _refers(column: str, table: str, *, cascade: bool = False) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{table}.id"], ondelete="CASCADE" if cascade else None)


def _index(*columns: str) -> Index:
    return Index(None, *columns)


def _index_where_set(column: str) -> Index:
    """Return an index of the few rows that have a value in a column."""
    filled = text(f"{column} IS NOT NULL")
    return Index(None, column, sqlite_where=filled, postgresql_where=filled)


def _unique(*columns: str) -> UniqueConstraint:
    return UniqueConstraint(*columns)


_table(Site, "site", _unique("guid"))
_table(Profile, "profile", _refers("site_id", "site"), _unique("guid"), _index("name"))
_table(Project, "project", _refers("profile_id", "profile"), _unique("guid"), _index("profile_id", "state"))
_table(
    Contribution,
    "contribution",
    _refers("project_id", "project", cascade=True),
    _refers("profile_id", "profile"),
    _unique("project_id", "profile_id"),
    _index("profile_id"),
)
_table(Target, "target", _refers("project_id", "project"), _unique("guid"), _index("project_id"))
_table(ExposureTemplate, "exposure_template", _refers("profile_id", "profile"), _unique("guid"), _index("profile_id"))
_table(
    ExposurePlan,
    "exposure_plan",
    _refers("target_id", "target"),
    _refers("template_id", "exposure_template"),
    _unique("guid"),
    _index("target_id"),
    _index("template_id"),
)
_table(
    AcquiredImage,
    "acquired_image",
    _unique("guid"),
    _index("file"),
    _index("plan_id", "started"),
    _index("target_id", "started"),
    _index("project_id", "started"),
    _index("profile_id", "started"),
    _index("profile_id", "status", "started"),
    _index("profile_id", "filter_name", "started"),
    _index("status", "started"),
    _index("filter_name", "started"),
    _index("filter_name", "status", "started"),
    _index("started"),
)
_table(Thumbnail, "thumbnail", _refers("image_id", "acquired_image", cascade=True), _unique("image_id", "tag"))
_table(
    KeptHeader,
    "kept_header",
    _refers("image_id", "acquired_image", cascade=True),
    _index("image_id"),
    _index("file"),
)
_table(
    FrameSolution,
    "frame_solution",
    _refers("image_id", "acquired_image", cascade=True),
    _unique("image_id"),
)
_table(
    Verdict,
    "verdict",
    _refers("image_id", "acquired_image", cascade=True),
    Index(None, "image_id", "grader", unique=True),
)
_table(
    StatusChange,
    "status_change",
    _refers("image_id", "acquired_image", cascade=True),
    _index("image_id"),
    _index("at", "image_id"),
    _index_where_set("batch"),
)
_table(ManualGrading, "manual_grading", _unique("guid"))
_table(CountAdjustment, "count_adjustment", _refers("plan_id", "exposure_plan", cascade=True), _index("plan_id"))
_table(
    PurgedImage,
    "purged_image",
    _refers("target_id", "target", cascade=True),
    _unique("guid"),
    _index("target_id"),
)
_table(FileMove, "file_move", _index("image_id", "state"), _index("state"))
_table(TrainedFlat, "trained_flat", _refers("profile_id", "profile"), _index("profile_id", "filter_name"))
_table(
    FlatSet,
    "flat_set",
    _refers("profile_id", "profile"),
    _unique("guid"),
    _index("profile_id", "night"),
    _index("profile_id", "flats_type", "state"),
)
_table(
    FlatSetFile,
    "flat_set_file",
    _refers("flat_set_id", "flat_set", cascade=True),
    _unique("guid"),
    _index("flat_set_id"),
    _index("file"),
)
_table(
    FlatHistory,
    "flat_history",
    _refers("flat_set_id", "flat_set"),
    _index("target_id", "session_date"),
    _index("profile_id", "taken_at"),
    _index("flat_set_id"),
)
_table(LitPanel, "lit_panel", _refers("profile_id", "profile", cascade=True), _unique("profile_id"))
_table(
    ChangedReadoutMode,
    "changed_readout_mode",
    _refers("profile_id", "profile", cascade=True),
    _unique("profile_id"),
)
_table(CriteriaSet, "criteria_set", _unique("guid"), _index("name"))
_table(
    CriteriaRow,
    "criteria_row",
    _refers("set_id", "criteria_set", cascade=True),
    _unique("set_id", "metric"),
)
_table(RegradeRun, "regrade_run", _unique("guid"), _index("state"))
_table(SettledPlan, "settled_plan", _refers("plan_id", "exposure_plan", cascade=True), _unique("plan_id"))
_table(
    Job,
    "job",
    _unique("guid"),
    _index("state", "priority", "id"),
    _index("image_id"),
    _index("file"),
)
_table(JobStep, "job_step", _refers("job_id", "job", cascade=True), _unique("job_id", "module"))
_table(
    Lease,
    "lease",
    _refers("plan_id", "exposure_plan", cascade=True),
    _index("plan_id", "until"),
)


def _without_a_word(table: str, **values: str | bool) -> None:
    """Declare what a column takes in a row that says nothing of it, as the migration did that added the column."""
    for name, value in values.items():
        said = value if isinstance(value, str) else false()
        METADATA.tables[table].c[name].server_default = DefaultClause(said)


_without_a_word("project", constraints="[]")
_without_a_word("target", constraints="[]", filter_cadence="[]", override_order="[]", smart_turns="{}")
_without_a_word("acquired_image", extra="{}", host_detector="", manual=False)
_without_a_word("status_change", from_manual=False, from_reason="", manual=False)
_without_a_word("flat_set", flats_type="panel")
_without_a_word("profile", gain_names="[]", nina="{}", offset_names="[]", panel_min_brightness="0", pipeline="{}")
_without_a_word("profile", readout_modes="[]")
_without_a_word("flat_history", revoked_why="")
_without_a_word("job", cancel_wanted=False, submitted_by="", switched="{}", previews="", away_s="0")
