"""The command line: parse, call a service, show."""

from __future__ import annotations


def main() -> None:
    """Run the command line; exit status 0 done, 1 failed or refused, 2 wrong use, 141 nobody read on."""
    # Imported here, so that importing one command does not import the others.
    from tsplug.cli.application import main as run

    run()


__all__ = ["main"]
