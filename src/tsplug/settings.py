"""What a user sets once for all commands, from the environment."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tsplug.errors import InputError
from tsplug.model.wording import problems_of


def _data_dir() -> Path:
    return user_data_path("tsplug", appauthor=False)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # Neither the environment nor the system knows: a container without users, for example.
        return ""


class Settings(BaseSettings):
    """Settings of this user; every field is read from ``TSPLUG_`` and its name, for example ``TSPLUG_DB``."""

    model_config = SettingsConfigDict(env_prefix="TSPLUG_", frozen=True)

    def __init__(self, **values: Any) -> None:
        """Read the environment.

        Raises:
            InputError: something there is no value for what it sets.
        """
        try:
            super().__init__(**values)
        except ValidationError as error:
            told = [line.partition(": ") for line in problems_of(error)]
            raise InputError("; ".join(f"TSPLUG_{name.upper()} {why}" for name, _, why in told)) from error

    db: str = Field(default="", description="The store: a database URL or an SQLite file; empty is one in data_dir.")
    user: str = Field(default_factory=_login_name, description="Who you are in the queue of jobs; your login name.")
    administrators: str = Field(default="", description="Who else may cancel jobs: names of users, by commas.")
    upload_token: str = Field(default="", description="What who sends frames to `tsplug serve` must know.")
    storage: str = Field(
        default="", description="Where frames are kept: a folder, or an address such as s3://bucket/frames."
    )
    away_limit_h: float = Field(
        default=72.0, ge=0, description="How many hours a job waits for a disk or a storage that does not answer."
    )
    data_dir: Path = Field(
        default_factory=_data_dir,
        description="Where the store lies unless db names it, and buffers of what is in the making.",
    )
    catalogue: Path | None = Field(default=None, description="The star catalogue; one in data_dir if unset.")
