"""A host that stands still in the middle of a migration, after its last change and before the commit, until killed.

Run as ``python halfway.py URL``; prints a line when it stands.
"""

from __future__ import annotations

import sys

from sqlalchemy import Connection

from tsplug.store import opening
from tsplug.testing import ManualClock


def stand(_connection: Connection) -> None:
    """Say that all is changed and nothing committed, and wait to be killed, or for the end of who would do it."""
    sys.stdout.write("standing\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    opening._check_references = stand
    opening.open_sql_store(sys.argv[1], ManualClock())
