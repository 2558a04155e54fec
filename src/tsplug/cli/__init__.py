"""The command line: parse, call a service, show."""

from __future__ import annotations

from tsplug.cli.application import main

__all__ = ["main"]
