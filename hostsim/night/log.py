"""The night's log file, in the night's own time, as clocks at the site show it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from pathlib import Path

from tsplug import FileError
from tsplug.ports import Clock

_LOGGERS = ("hostsim", "tsplug")
_FORM = "%(night)s %(levelname)-7s %(name)s: %(message)s"


@contextmanager
def night_log(file: Path, clock: Clock, *, zone: tzinfo = UTC) -> Iterator[None]:
    """Append what happens to a file, with the times of a zone and their offset from UTC.

    Raises:
        FileError: the file cannot be written.
    """
    try:
        handler = logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise FileError(f"{file}: the log cannot be written ({error.strerror})") from error
    handler.setFormatter(logging.Formatter(_FORM))

    def stamp(record: logging.LogRecord) -> bool:
        record.night = clock.now().astimezone(zone).isoformat(timespec="seconds")
        return True

    handler.addFilter(stamp)
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
        handler.close()
