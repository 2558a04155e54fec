"""The HTTP session under alpyca: answers limited in time and size, whatever the server sends."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from requests.hooks import default_hooks
from urllib3.exceptions import HTTPError, ReadTimeoutError

ANSWER_S = 5.0
_MOST_BYTES = 4 << 20
_PIECE_BYTES = 1 << 16


class BoundedSession(requests.Session):
    """A session for one server; takes no proxy from the environment, since equipment is near."""

    def __init__(self, answer_s: float = ANSWER_S) -> None:
        """Wait at most ``answer_s`` seconds for an answer, and again as long until it is complete."""
        super().__init__()
        self.trust_env = False
        self._urls: dict[str, str] = {}
        self._adapter = _BoundedAdapter(answer_s)
        self.mount("http://", self._adapter)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Return what is sent: what requests makes of it, in a fraction of the time where alpyca reads a value.

        A night reads thousands. What a plain read is made of differs from that of the one before in its query alone.
        """
        if not self._is_plain(request):
            return super().prepare_request(request)
        url, values = str(request.url), cast("dict[str, str]", request.params)
        prepared = requests.PreparedRequest()
        prepared.method = "GET"
        prepared.url = f"{self._prepared(url)}?{urlencode(values)}"
        prepared.headers = cast("Any", self.headers.copy())
        prepared.hooks = default_hooks()
        return prepared

    def _is_plain(self, request: requests.Request) -> bool:
        more = (request.headers, request.data, request.json, request.files, request.auth, request.cookies)
        own = (self.params, self.auth, self.cookies)
        if request.method != "GET" or any(more) or any(own) or any(sign in str(request.url) for sign in "?#@"):
            return False
        values = request.params
        return isinstance(values, dict) and bool(values) and all(isinstance(value, str) for value in values.values())

    def _prepared(self, url: str) -> str:
        if url not in self._urls:
            self._urls[url] = str(super().prepare_request(requests.Request("GET", url)).url)
        return self._urls[url]

    @property
    def answer_s(self) -> float:
        """Return how many seconds an answer may take."""
        return self._adapter.answer_s

    def be_patient(self, put_s: float) -> None:
        """Wait ``put_s`` seconds for what a PUT begins: drivers before Platform 7 answer when it is done."""
        self._adapter.put_s = max(put_s, self._adapter.answer_s)

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Wait for a PUT no longer than for any answer, meanwhile."""
        before, self._adapter.put_s = self._adapter.put_s, self._adapter.answer_s
        try:
            yield
        finally:
            self._adapter.put_s = before


class _BoundedAdapter(HTTPAdapter):
    def __init__(self, answer_s: float) -> None:
        super().__init__()
        self.answer_s = answer_s
        self.put_s = answer_s

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request and read the whole answer; the caller's own time limit is replaced by the session's."""
        limit_s = self.put_s if request.method == "PUT" else self.answer_s
        try:
            response = super().send(request, stream=True, timeout=limit_s)
        except requests.ConnectionError as error:
            # A kept connection may have been closed just as it was used again; reading twice does no harm.
            if request.method != "GET" or isinstance(error, requests.Timeout):
                raise
            response = super().send(request, stream=True, timeout=limit_s)
        response.raw = io.BytesIO(_whole(response, limit_s=limit_s))
        return response


def _whole(response: requests.Response, *, limit_s: float) -> bytes:
    body, ends = bytearray(), time.monotonic() + limit_s
    try:
        while piece := response.raw.read1(_PIECE_BYTES, decode_content=True):
            body += piece
            if len(body) > _MOST_BYTES:
                raise requests.exceptions.ContentDecodingError("the answer has no end")
            if time.monotonic() > ends:
                raise requests.ReadTimeout("the answer trickles")
    except requests.RequestException:
        response.raw.close()
        raise
    except ReadTimeoutError as error:
        response.raw.close()
        raise requests.ReadTimeout(error) from error
    except HTTPError as error:
        response.raw.close()
        raise requests.ConnectionError(error) from error
    response.raw.release_conn()
    return bytes(body)
