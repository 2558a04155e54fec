"""The command ``hostsim``, which may be interrupted at any moment, even before it has begun."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command; interrupted, it ends in one line and the exit status that shells use for that."""
    try:
        # Here, because all that the commands need takes a while to load.
        from hostsim.commands import perform

        perform()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(_INTERRUPTED)
