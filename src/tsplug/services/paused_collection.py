"""Batches of many records without Python's search for circles of references."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause the search for circles of references, and let it go on afterwards where it was on.

    Records and verdicts hold no circles, and are freed without it as soon as they are no longer needed. But each
    hundred thousand of new objects sets it off, and then it goes through all records of the batch for nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
