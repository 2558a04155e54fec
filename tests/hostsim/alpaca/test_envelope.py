"""Transaction ids and the envelope."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from hostsim.alpaca.envelope import Transaction, TransactionCounter, bad_request
from hostsim.devices.parts.errors import AlpacaError, ParkedError


def test_ids_are_given_once_each() -> None:
    """Many threads together get the numbers from 1 without a gap or a double."""
    counter = TransactionCounter()
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: counter.take(), range(500)))
    assert sorted(taken) == list(range(1, 501))


def test_an_answer_has_every_key() -> None:
    """The envelope spells its keys as the protocol does."""
    answer = json.loads(Transaction(7, 8).value(1.5).body)
    assert answer == {
        "Value": 1.5,
        "ClientTransactionID": 7,
        "ServerTransactionID": 8,
        "ErrorNumber": 0,
        "ErrorMessage": "",
    }
    assert "Value" not in json.loads(Transaction(7, 8).done().body)


def test_an_error_has_a_number_and_words() -> None:
    """A device's error travels as 200 with its number; an error without words gets some."""
    answer = Transaction(1, 2).refused(ParkedError("parked"))
    assert answer.status_code == 200
    assert json.loads(answer.body)["ErrorNumber"] == 0x408
    assert json.loads(Transaction(1, 2).refused(AlpacaError()).body)["ErrorMessage"]
    assert bad_request("why").status_code == 400
