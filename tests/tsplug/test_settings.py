from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from tsplug.errors import InputError
from tsplug.settings import Settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting is read from TSPLUG_ and its name."""
    monkeypatch.setenv("TSPLUG_DB", "night.sqlite")
    monkeypatch.setenv("TSPLUG_DATA_DIR", "data")
    assert (Settings().db, Settings().data_dir) == ("night.sqlite", Path("data"))


def test_every_setting_says_what_it_is() -> None:
    """Each setting has a description for the reference, and cannot be changed once read."""
    assert len(Settings.model_fields) >= 2
    assert all(field.description for field in Settings.model_fields.values())
    with pytest.raises(ValidationError, match="frozen"):
        Settings().db = "other"


@pytest.mark.parametrize(
    ("text", "words"), [("soon", "must be a number"), ("-1", "must be greater than or equal to 0")]
)
def test_a_value_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, text: str, words: str) -> None:
    """By the name of its variable, in one line."""
    monkeypatch.setenv("TSPLUG_AWAY_LIMIT_H", text)
    with pytest.raises(InputError, match=f"^TSPLUG_AWAY_LIMIT_H {words}$"):
        Settings()
