"""Verdicts as they are stored: what explains them is JSON text from the beginning.

A regrade writes verdicts by the hundred thousand, and most of what each tells is told of its neighbours too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import to_json

from tsplug.grading.combine import deciding_inputs
from tsplug.model import Band, VerdictStatus
from tsplug.model.json_text import JsonText, encoded


class ToldVerdict(NamedTuple):
    """One grader's judgement of one image, with all that explains it as the JSON text of `GraderVerdict.inputs`."""

    grader: str
    version: str
    status: VerdictStatus
    reason: str
    text: JsonText
    score: float | None = None
    band: Band | None = None
    error: str = ""
    waits: str = ""

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Return what of the inputs decides: the error, if there was one, and what is waited for."""
        return deciding_inputs(self.error, self.waits)


def number_text(value: float | None) -> str:
    """Return a number as `tsplug.model.json_text.encoded` writes it; null for None."""
    if value is None:
        return "null"
    text = repr(value)
    return encoded({"": value})[4:-1] if "e" in text else text


def number_texts(values: Sequence[float | None]) -> list[str] | None:
    """Return numbers as `number_text` writes each; None where JSON knows nothing of one of them.

    They are written at once, which takes a fraction of the time.
    """
    text = to_json(values).decode()
    if "N" in text or "I" in text:
        return None
    return text[1:-1].split(",") if values else []


def quoted(text: str) -> str:
    """Return a text as a JSON string, as `tsplug.model.json_text.encoded` writes it."""
    if text.isascii() and text.isprintable():
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return encoded({"": text})[4:-1]


def is_finite_text(text: str) -> bool:
    """Return whether a text holds no number that JSON knows nothing of; it may say no where a word looks like one."""
    return "Infinity" not in text and "NaN" not in text
