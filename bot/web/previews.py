"""`/previews/{id}`: a web page of the model's, in a box that nothing gets out of.

The page is foreign: it gets an origin of its own (CSP `sandbox` without `allow-same-origin`), no network, no forms, no
frame around it, and nothing is told to where its links lead.
"""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.errors import StateError

NAME = re.compile(r"[A-Za-z0-9_-]{20,64}")
POLICY = (
    "sandbox allow-scripts allow-modals; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data: blob:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
GONE = "This preview has expired, or never was."
AWAY = "Not available just now. Please try again in a minute."

Look = Callable[[str], Awaitable[str | None]]


def preview_routes(look: Look) -> list[web.RouteDef]:
    async def preview(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            html = await look(name) if NAME.fullmatch(name) else None
        except StateError:
            return web.Response(status=503, text=AWAY, headers=HEADERS)
        if html is None:
            return web.Response(status=404, text=GONE, headers=HEADERS)
        return web.Response(text=html, content_type="text/html", charset="utf-8", headers=HEADERS)

    return [web.get("/previews/{name}", preview)]
