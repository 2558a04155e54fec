"""Files and folders as users type them."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from tsplug.cli.places import place


def test_a_tilde_is_the_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shells do not always put it there."""
    monkeypatch.setenv("HOME", "/home/me")
    assert place("~/lights") == Path("/home/me/lights")
    assert place("lights") == Path("lights")


@pytest.mark.parametrize("text", ["", " ", "~nobody-of-this-name/lights"])
def test_what_names_no_place_is_wrong_use(text: str) -> None:
    """An unset variable in a script is not the folder that it runs in."""
    with pytest.raises(typer.BadParameter):
        place(text)
