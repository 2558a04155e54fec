"""Reading the parameters of a request."""

from __future__ import annotations

import contextlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.alpaca.requests import BadRequestError, from_form, from_query
from hostsim.devices.camera import Camera
from hostsim.devices.parts.description import describe

EXPOSE = describe(Camera).puts["startexposure"]
BIN = describe(Camera).puts["binx"]
FORM = "application/x-www-form-urlencoded"


@given(st.integers(-(2**31), 2**31 - 1))
def test_an_integer_is_read_as_it_was_written(number: int) -> None:
    """Every 32-bit integer passes."""
    assert from_form(urlencode({"BinX": number}).encode(), FORM).arguments(BIN) == [number]


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_numbers_and_booleans_are_read_as_they_were_written(number: float, light: bool) -> None:
    """Doubles keep every digit; booleans come in any case."""
    form = from_form(urlencode({"Light": str(light).upper(), "Duration": repr(number)}).encode(), FORM)
    assert form.arguments(EXPOSE) == [number, light]


@pytest.mark.parametrize("text", ["", " ", "abc", "1.5", "1,5", "0x10", "2147483648", "nan", "True", "１"])
def test_what_is_no_integer_is_refused(text: str) -> None:
    """An integer parameter takes nothing but a 32-bit integer."""
    with pytest.raises(BadRequestError, match="BinX must be of type int"):
        from_form(urlencode({"BinX": text}).encode(), FORM).arguments(BIN)


@pytest.mark.parametrize(
    ("duration", "light"), [("nan", "True"), ("inf", "True"), ("1e999", "True"), ("1,5", "True"), ("1", "1"), ("1", "")]
)
def test_what_is_no_double_or_boolean_is_refused(duration: str, light: str) -> None:
    """Neither nan, infinity, a decimal comma, nor a number for a boolean can be understood."""
    with pytest.raises(BadRequestError):
        from_form(urlencode({"Duration": duration, "Light": light}).encode(), FORM).arguments(EXPOSE)


@pytest.mark.parametrize("text", ["", " ", "-1", "abc", "4294967296", "1.0"])
def test_a_malformed_identifier_is_refused(text: str) -> None:
    """Client ids are unsigned 32-bit integers."""
    for name in ("ClientID", "ClientTransactionID"):
        with pytest.raises(BadRequestError, match=name):
            from_query(urlencode({name: text})).check_identifiers()


def test_the_largest_identifier_passes() -> None:
    """4294967295 is an id, and an absent one is 0."""
    assert from_query("clienttransactionid=4294967295").client_transaction_id == 4294967295
    assert from_query("").client_transaction_id == 0


@given(st.binary(max_size=60))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """No body does anything but give parameters or be refused."""
    with contextlib.suppress(BadRequestError):
        assert len(from_form(body, FORM).arguments(BIN)) == 1


def test_a_body_of_another_type_is_refused() -> None:
    """JSON is not a form; a charset behind the type is fine."""
    with pytest.raises(BadRequestError, match="form-urlencoded"):
        from_form(b'{"BinX": 1}', "application/json")
    assert from_form(b"BinX=1", f"{FORM}; charset=utf-8").arguments(BIN) == [1]


def test_the_first_of_repeated_parameters_counts() -> None:
    """A repeated name keeps its first value."""
    assert from_form(b"BinX=2&BinX=3", FORM).arguments(BIN) == [2]
