"""What Alembic runs: the revisions, on the connection and in the transaction that the store hands over."""

from __future__ import annotations

from alembic import context

from tsplug.store.row_changes import note_changes
from tsplug.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
    # A table that was made anew has no triggers any more.
    note_changes(context.get_bind())
