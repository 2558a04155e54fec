"""A person who edits one field of a project again and again, beside others.

Run as ``python editor.py URL FIELD``; sets the field to 1, 2, ... 10.
"""

from __future__ import annotations

import sys

from tsplug.app import open_store
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.store import engines
from tsplug.testing import ManualClock

if __name__ == "__main__":
    engines.LOCK_TIMEOUT_S = 300  # a busy machine is no reason to give up
    clock = ManualClock()
    store = open_store(sys.argv[1], clock)
    for number in range(1, 11):
        edit_record(Request("project", "Nebulae", [f"{sys.argv[2]}={number}"]), store, clock=clock)
    store.close()
