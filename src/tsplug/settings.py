"""What a user sets once for all commands, from the environment."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _data_dir() -> Path:
    return user_data_path("tsplug", appauthor=False)


class Settings(BaseSettings):
    """Settings of this user; every field is read from ``TSPLUG_`` and its name, for example ``TSPLUG_DB``."""

    model_config = SettingsConfigDict(env_prefix="TSPLUG_", frozen=True)

    db: str = Field(default="", description="The store: a database URL or an SQLite file; empty is one in data_dir.")
    data_dir: Path = Field(default_factory=_data_dir, description="Where the store lies unless db names it.")
