"""The text of a sequence file as plain values: 16:30 and dates stay texts, as they do where the sequence is run."""

from __future__ import annotations

import re

import yaml

from tsplug.errors import InputError


class _Loader(yaml.SafeLoader):
    """What makes plain values, of dates and of sexagesimal numbers texts."""


_LEFT = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_DIGITS = list("-+0123456789.")
_Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] not in _LEFT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_LEFT[1], re.compile(r"^[-+]?\d+$"), _DIGITS)
_Loader.add_implicit_resolver(_LEFT[2], re.compile(r"^[-+]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?$"), _DIGITS)


def read_sequence(text: str, *, source: str) -> object:
    """Return what a sequence says.

    Raises:
        InputError: it is no YAML.
    """
    try:
        return yaml.load(text, _Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}:" if mark else ""
        raise InputError(f"{source}:{where} no YAML: {getattr(error, 'problem', error)}") from error
