"""Ctrl-C while a command is still being loaded."""

from __future__ import annotations

import subprocess
import sys

# The first import that a command makes is where somebody interrupts it.
CODE = """
import sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "tsplug.cli.application":
            raise KeyboardInterrupt

from tsplug.cli import main
sys.meta_path.insert(0, Interrupting())
main()
"""


def test_a_command_may_be_interrupted_before_it_has_begun() -> None:
    """It ends in one line and the exit status that shells use for that, without a traceback."""
    ran = subprocess.run([sys.executable, "-c", CODE], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "interrupted\n")
