"""Nights are kept with the lights, flats know temperatures and can be revoked, projects say where flats begin."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NOON = time(12)
_IMAGES = sa.table(
    "acquired_image",
    sa.column("profile_id", sa.Integer()),
    sa.column("started", sa.DateTime(timezone=True)),
    sa.column("session_date", sa.Date()),
)


def upgrade() -> None:
    """Add the columns; the night of each light that is stored is that of its profile's site as it is now."""
    op.add_column("acquired_image", sa.Column("session_date", sa.Date(), nullable=True))
    op.add_column("project", sa.Column("flats_start_date", sa.Date(), nullable=True))
    op.add_column("flat_set", sa.Column("temperature_c", sa.Float(), nullable=True))
    op.add_column("flat_history", sa.Column("temperature_c", sa.Float(), nullable=True))
    op.add_column("flat_history", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("flat_history", sa.Column("revoked_why", sa.String(), nullable=False, server_default=""))
    rigs = sa.text("SELECT profile.id, site.time_zone FROM profile JOIN site ON site.id = profile.site_id")
    for profile_id, zone in op.get_bind().execute(rigs).all():
        try:
            _date_lights(profile_id, ZoneInfo(zone))
        except (KeyError, ValueError, OSError):
            # A site that is spoilt is the doctor's business; what is not dated is dated when it is read.
            continue


def _date_lights(profile_id: int, zone: ZoneInfo) -> None:
    """Date the lights of a profile night by night, so that the index on their start leads to each."""
    connection, own = op.get_bind(), _IMAGES.c.profile_id == profile_id
    earliest = sa.select(sa.func.min(_IMAGES.c.started, type_=sa.DateTime(timezone=True))).where(own)
    first = connection.execute(earliest).scalar()
    while first is not None:
        night = _night(first, zone)
        start, end = _noon(night, zone), _noon(night + timedelta(days=1), zone)
        within = (own, _IMAGES.c.started >= start, _IMAGES.c.started < end)
        connection.execute(sa.update(_IMAGES).where(*within).values(session_date=night))
        first = connection.execute(earliest.where(_IMAGES.c.started >= end)).scalar()


def _night(moment: datetime, zone: ZoneInfo) -> date:
    local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone)
    return local.date() if local.time() >= _NOON else local.date() - timedelta(days=1)


def _noon(day: date, zone: ZoneInfo) -> datetime:
    """Return a noon as the database keeps moments: SQLite without their zone."""
    moment = datetime.combine(day, _NOON, zone).astimezone(UTC)
    return moment.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else moment
