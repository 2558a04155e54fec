"""Registers typed functions as commands whose options come in groups, and turns errors into one line."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_type_hints

import typer
from typer.core import TyperCommand

from tsplug.cli.output import complain
from tsplug.errors import TsplugError
from tsplug.model.wording import plain

FAILED = 1
_CALL = inspect.Parameter("call", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that registers a function as a command.

    A parameter that is a dataclass becomes one option per field, so that groups of options (`Common`, filters) are
    written once. A `TsplugError` ends the command with one line on standard error and exit status 1.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        app.command(name, cls=_PlainCommand)(_grouped(function))
        return function

    return register


class _PlainCommand(TyperCommand):
    """A command that says what an option must be, not which library found that it is not."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = plain(error.message)
            raise


def before_commands(app: typer.Typer, group: type) -> None:
    """Let a group of options stand before the command too; what is given after it wins."""

    def remember(*, call: typer.Context, **values: Any) -> None:
        call.obj = {name: value for name, value in values.items() if _is_typed(call, name)}

    _declare(remember, [_parameter(field, hint) for field, hint in _typed_fields(group)])
    app.callback()(remember)


def _declare(function: Callable[..., None], options: list[inspect.Parameter]) -> None:
    """Give a function the signature that Typer reads its options from."""
    parameters = [_CALL, *options]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in parameters}


def _is_typed(call: typer.Context, name: str) -> bool:
    """Return whether an option was given on the command line, and not by the environment or a default."""
    source = call.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _grouped(function: Callable[..., None]) -> Callable[..., None]:
    hints = get_type_hints(function, include_extras=True)
    groups = {key: hint for key, hint in hints.items() if is_dataclass(hint) and isinstance(hint, type)}

    @functools.wraps(function)
    def run(*, call: typer.Context, **values: Any) -> None:
        try:
            built = {key: group(**_taken(values, group, call=call)) for key, group in groups.items()}
            function(**values, **built)
        except TsplugError as error:
            complain(str(error))
            raise typer.Exit(FAILED) from error

    own = [each for each in inspect.signature(function).parameters.values() if each.name not in groups]
    given = [each.replace(annotation=hints[each.name], kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    options = [_parameter(field, hint) for group in groups.values() for field, hint in _typed_fields(group)]
    _declare(run, [*given, *options])
    # Typer follows this back to the function and would see its parameters instead of the options.
    del run.__wrapped__
    return run


def _taken(values: dict[str, Any], group: type, *, call: typer.Context) -> dict[str, Any]:
    """Take a group's options out of the values; those typed before the command stand in for those not typed after."""
    before = call.find_root().obj or {}
    taken = {field.name: values.pop(field.name) for field, _ in _typed_fields(group)}
    return {name: value if _is_typed(call, name) else before.get(name, value) for name, value in taken.items()}


def _typed_fields(group: type) -> list[tuple[Field[Any], Any]]:
    hints = get_type_hints(group, include_extras=True)
    return [(field, hints[field.name]) for field in fields(group)]


def _parameter(field: Field[Any], hint: object) -> inspect.Parameter:
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
