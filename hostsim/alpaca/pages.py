"""HTML pages from templates, complete in themselves: nothing is fetched from elsewhere."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

_TEMPLATES = Environment(
    loader=PackageLoader("hostsim.alpaca"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(template: str, title: str, **values: Any) -> HTMLResponse:
    """Return the page that ``template`` makes of ``values``."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(title=title, **values))
