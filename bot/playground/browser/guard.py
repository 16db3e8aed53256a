"""Decides who may talk to the page's server: only this machine's own page, since the playground has no log-in.

Every path is guarded, also the Web API: its token is no secret here, and a foreign page could post to it blindly or by
DNS rebinding. Programs other than browsers send neither Origin nor Sec-Fetch-Site, and pass.
https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types page"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not is_local_host(request.headers.get("Host", "")):
        raise web.HTTPForbidden(text="The playground answers on this machine's own address only.\n")
    if not _is_own_page(request):
        raise web.HTTPForbidden(text="The playground takes requests from its own page only.\n")
    response = await handler(request)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def is_local_host(host: str) -> bool:
    """Prevent DNS rebinding: a foreign name that points to this machine is still a foreign name."""
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK
    except ValueError:
        return False


def _is_own_page(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
        return False
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site in {"same-origin", "none"}:
        return True
    # A link from elsewhere may lead to the first page: that changes nothing, and the page can't be framed.
    is_visit = (
        request.headers.get("Sec-Fetch-Mode") == "navigate" and request.headers.get("Sec-Fetch-Dest") == "document"
    )
    return request.method == "GET" and request.path == "/" and is_visit
