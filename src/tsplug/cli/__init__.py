"""The command line: parse, call a service, show."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command line; exit status 0 done, 1 failed or refused, 2 wrong use, 130 interrupted, 141 nobody read on.

    It may be interrupted at any moment, even before what a command needs has been loaded.
    """
    try:
        # Imported here, so that importing one command does not import the others.
        from tsplug.cli.application import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(_INTERRUPTED)


__all__ = ["main"]
