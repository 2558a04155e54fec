"""Asks services on the network for the brightness of a sky and the address of a place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from tsplug.errors import NetworkError

_LARGEST = 64 * 1024


@dataclass(frozen=True)
class WebPlaceLookups:
    """Asks a light-pollution service and a reverse geocoder of Nominatim's kind, each with a time limit in seconds."""

    sky_endpoint: str = ""
    sky_key: str = ""
    geocoding_endpoint: str = ""
    email: str = ""
    timeout_s: float = 10.0

    def sky_brightness(self, latitude_deg: float, longitude_deg: float) -> float:
        """Return the artificial brightness of the sky in mcd/m2 (layer ``wa_2015``, one number).

        Raises:
            NetworkError: no answer, a refused key, or no number.
        """
        place = f"{longitude_deg:.6f},{latitude_deg:.6f}"
        answer = self._get(self.sky_endpoint, {"ql": "wa_2015", "qt": "point", "qd": place, "key": self.sky_key})
        try:
            found = float(answer)
        except ValueError as error:
            raise NetworkError(f"the sky brightness service answers {answer[:60]!r}") from error
        if not 0 <= found < float("inf"):
            raise NetworkError(f"the sky brightness service answers {found}")
        return found

    def address(self, latitude_deg: float, longitude_deg: float) -> str:
        """Return the address of a place.

        Raises:
            NetworkError: no answer, or none with an address.
        """
        query = {"lat": f"{latitude_deg:.6f}", "lon": f"{longitude_deg:.6f}", "format": "jsonv2"}
        answer = self._get(self.geocoding_endpoint, query)
        try:
            found = json.loads(answer)
        except ValueError as error:
            raise NetworkError("the geocoding service does not answer in JSON") from error
        name = found.get("display_name") if isinstance(found, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise NetworkError("the geocoding service knows no address there")
        return name.strip()

    def _get(self, endpoint: str, query: dict[str, str]) -> str:
        try:
            parts = urlsplit(endpoint)
        except ValueError as error:
            raise NetworkError(f"{endpoint!r} is no web address") from error
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NetworkError(f"{endpoint!r} is no web address")
        url = f"{endpoint}{'&' if parts.query else '?'}{urlencode(query)}"
        agent = f"tsplug ({self.email})" if self.email else "tsplug"
        try:
            with urlopen(Request(url, headers={"User-Agent": agent}), timeout=self.timeout_s) as response:
                return str(response.read(_LARGEST).decode("utf-8", errors="replace")).strip()
        except HTTPError as error:
            error.close()
            raise NetworkError(f"{parts.netloc} answers {error.code} {error.reason}") from error
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise NetworkError(f"{parts.netloc} does not answer: {getattr(error, 'reason', error)}") from error
