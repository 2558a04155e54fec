"""Files and folders as users type them."""

from __future__ import annotations

import os
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


def test_two_dots_give_no_file_a_second_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They lead where the system would go, behind a link too; what has none stays as it was typed."""
    (tmp_path / "far" / "night").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far" / "night")
    monkeypatch.chdir(tmp_path / "far")
    root = Path(os.path.realpath(tmp_path))
    assert place("../lights/a.fits") == root / "lights" / "a.fits"
    assert place(str(tmp_path / "link" / ".." / "a.fits")) == root / "far" / "a.fits"
    assert place(str(tmp_path / "link" / "a.fits")) == tmp_path / "link" / "a.fits"
    assert place("night/a.fits") == Path("night/a.fits")
