"""Where a request comes from, and whom it means: pages in a browser of this machine may ask for others."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request


def is_near(request: Request) -> bool:
    """Return whether a request comes from this machine."""
    return request.client is not None and _is_loopback(request.client.host)


def is_meant(request: Request) -> bool:
    """Return whether a request names this server as this machine does, and no page of another server has made it."""
    name = _named(request)
    here = (request.scope.get("server") or ("",))[0]
    return _is_own(request) and (name in ("localhost", here) or _is_loopback(name))


def is_addressed(request: Request) -> bool:
    """Return whether a request names this server by an address, or localhost, and no page of another has made it.

    A page can give its own name the address of this server, but a page cannot be at an address that is not its own.
    """
    name = _named(request)
    return _is_own(request) and (name == "localhost" or _address(name) is not None)


def _is_own(request: Request) -> bool:
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    return origin is None or origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())


def _named(request: Request) -> str:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    address = _address(host)
    mapped = getattr(address, "ipv4_mapped", None)
    return address is not None and bool((mapped or address).is_loopback)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
