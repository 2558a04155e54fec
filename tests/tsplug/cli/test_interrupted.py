"""Ctrl-C while a command is still being loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

# What the installed command runs; an import is where somebody interrupts it.
CODE = """
import sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
from tsplug.cli import main
main()
"""


@pytest.mark.parametrize("module", ["tsplug.errors", "tsplug.model", "pydantic", "tsplug.cli.application"])
def test_a_command_may_be_interrupted_before_it_has_begun(module: str) -> None:
    """It ends in one line and the exit status that shells use for that, without a traceback."""
    ran = subprocess.run([sys.executable, "-c", CODE, module], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "interrupted\n")
