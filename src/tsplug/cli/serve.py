"""``tsplug serve``: takes frames that other machines send."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import buffers, frame_files, frame_headers, system_clock, verify_frame
from tsplug.app_jobs import frame_storage, sweep_buffers
from tsplug.cli.commands import command
from tsplug.cli.opening import Common, store_is_missing
from tsplug.cli.output import CommandProgress
from tsplug.cli.places import place
from tsplug.errors import InputError
from tsplug.services.jobs.uploading import Arrival
from tsplug.services.storing import DEFAULT_PATTERN, check_pattern
from tsplug.settings import Settings

_SHORTEST_TOKEN = 16
_MEGABYTE = 10**6


@dataclass(frozen=True)
class Address:
    """Where it listens."""

    bind: Annotated[str, typer.Option(help="The address to listen at; 0.0.0.0 is all networks of this machine.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 is any that is free.")] = 8188

    def listening(self) -> socket.socket:
        """Return what listens there.

        Raises:
            InputError: another program does, or this machine has no such address.
        """
        family = socket.AF_INET6 if ":" in self.bind else socket.AF_INET
        try:
            return socket.create_server((self.bind, self.port), family=family)
        except OSError as error:
            told = f"{self.bind}, port {self.port}: {error.strerror or error}"
            raise InputError(f"cannot listen at {told}; give another --port or --bind") from error


@dataclass(frozen=True)
class Uploads:
    """What becomes of frames that are sent."""

    upload: Annotated[bool, typer.Option("--upload", help="Take frames that are sent with a token.")] = False
    storage: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|URL",
            help="Where frames go: a folder, or an address such as s3://bucket/frames; else TSPLUG_STORAGE, or frames.",
        ),
    ] = None
    pattern: Annotated[str, typer.Option(help="How they are named there; see the how-to page.")] = DEFAULT_PATTERN
    token_file: Annotated[
        Path | None, typer.Option(parser=place, help="A file of lines USER:TOKEN; else TSPLUG_UPLOAD_TOKEN counts.")
    ] = None
    largest: Annotated[int, typer.Option(metavar="MB", min=1, help="The largest frame that is taken.")] = 1000
    idle: Annotated[
        float, typer.Option(metavar="S", min=1.0, help="How long a sender may send nothing before it is cut.")
    ] = 60.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "serve")(serve)


def serve(common: Common, address: Address, *, uploads: Uploads) -> None:
    """Take frames over HTTP until it is stopped: PUT /api/frames/NAME, then GET /api/jobs/ID.

    They go through a buffer into the storage and the queue; `tsplug worker` processes them.
    """
    import uvicorn

    from tsplug.web.uploads import UploadSettings, upload_application

    if not uploads.upload:
        raise typer.BadParameter("nothing is served without it", param_hint="--upload")
    settings = UploadSettings(_tokens(uploads.token_file), uploads.largest * _MEGABYTE, buffers().claimed, uploads.idle)
    with common.store(create=store_is_missing(common)) as store:
        arrival = Arrival(
            store=store,
            clock=system_clock(),
            storage=frame_storage(_lasting(uploads.storage)),
            headers=frame_headers(),
            files=frame_files(),
            verify=verify_frame,
            pattern=check_pattern(uploads.pattern),
            most_pixel_bytes=uploads.largest * _MEGABYTE,
        )
        sweep_buffers()
        server = uvicorn.Server(uvicorn.Config(upload_application(arrival, settings), log_level="warning"))
        with address.listening() as listener:
            arrival.storage.check()
            host, port = listener.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            CommandProgress().report(f"listening at http://{shown}:{port}; Ctrl-C ends it")
            server.run(sockets=[listener])


def _lasting(given: str | None) -> str:
    """Return the place of the storage: the one that is given, else that of the settings.

    Raises:
        typer.BadParameter: an empty one is given.
        InputError: it ends with this process, and no worker would see what is in it.
    """
    if given is not None and not given.strip():
        raise typer.BadParameter("name a folder or an address", param_hint="--storage")
    storage = given or Settings().storage or "frames"
    if storage.partition("://")[0] == "memory":
        raise InputError(f"{storage} is in this process only, where no worker sees it: name a folder or a storage")
    return storage


def _tokens(file: Path | None) -> dict[str, str]:
    """Return the users by their tokens, of which a user may have several.

    Raises:
        InputError: there is none, one that could be guessed, or one of two users.
    """
    settings = Settings()
    if file is None:
        tokens = {settings.upload_token: settings.user} if settings.upload_token else {}
    else:
        tokens = {}
        for user, token in (_line(line, file) for line in _lines(file)):
            if tokens.setdefault(token, user) != user:
                raise InputError(f"{file}: {tokens[token]} and {user} have the same token; give each their own")
    if not tokens:
        raise InputError("nobody may send frames yet: give --token-file with lines USER:TOKEN, or TSPLUG_UPLOAD_TOKEN")
    short = [user for token, user in tokens.items() if len(token) < _SHORTEST_TOKEN]
    if short:
        raise InputError(f"the token of {short[0]} is shorter than {_SHORTEST_TOKEN} characters and could be guessed")
    return tokens


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _line(line: str, file: Path) -> tuple[str, str]:
    user, mark, token = line.partition(":")
    if not mark or not user.strip():
        raise InputError(f"{file}: a line is not USER:TOKEN")
    return user.strip(), token.strip()
