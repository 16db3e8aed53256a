"""Serves `/previews/{id}`: a web page that the model made, in a frame that nothing leaves.

The page is foreign: somebody may have made the model write it in order to carry words of the thread away. It is shown
in a frame of our own page: with its own origin, and without network, forms and scripts. The person may turn its scripts
on; even then the frame can't navigate elsewhere, because our page allows only frames of this host. The frame's content
is refused to everything but such a frame, since in its own tab a page could navigate where it likes.
"""

import re
from collections.abc import Awaitable, Callable
from html import escape

from aiohttp import web

from bot.errors import StateError
from bot.words import languages, say, text

NAME = re.compile(r"[A-Za-z0-9_-]{20,64}")
STYLE = "html,body,iframe{margin:0;border:0;width:100%;height:100%}body{display:flex;flex-direction:column}\
p{margin:0;padding:.5em 1em;font:14px sans-serif;background:#f4f4f4}iframe{flex:1}"
NOTHING = "default-src 'none'; connect-src 'none'; form-action 'none'; base-uri 'none'; webrtc 'block'"
# The policy of our page around the frame, which has no scripts at all.
OUTER_POLICY = f"{NOTHING}; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'"
# The policy of the foreign page. `{sandbox}` and `{scripts}` are empty unless the person turned scripts on.
FRAME_POLICY = (
    "sandbox{sandbox}; " + NOTHING + "; style-src 'unsafe-inline';{scripts} img-src data: blob:; font-src data:; "
    "media-src data: blob:; frame-ancestors 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Browsers look up and connect to the hosts of these elements before they check any policy, and a host's name can carry
# words. The policy forbids all that these elements are good for, so they are removed.
NEVER = re.compile(r"<(?=(?:link|iframe|frame|object|embed|portal|fencedframe)\b)", re.IGNORECASE)
REFRESH = re.compile(r"\bhttp-equiv(?=\s*=)", re.IGNORECASE)
# Without scripts, a click opens its link in a new tab, which the frame's sandbox refuses before the network is asked.
# Links to places within the page work.
TARGET = re.compile(r"(?:form)?target(?=\s*=)", re.IGNORECASE)
WITHIN_PAGE = re.compile(r"\bhref(?=\s*=\s*[\"']?#)", re.IGNORECASE)
NEW_TAB = '<!doctype html><base target="_blank">'
# With scripts, ours comes first. It removes WebRTC, which browsers do not let a policy forbid yet. A frame that a
# script makes would have its own WebRTC, so scripts get no HTML with a frame, no `srcdoc`, and no `document.write`: all
# HTML from scripts passes the only policy that may exist (Trusted Types), which is ours. What a script can still do is
# a navigation that is refused after the browser looked up its host: that leaks a name, and nothing of a request.
TRUSTED = " trusted-types default; require-trusted-types-for 'script';"
FIRST = """<script>
"use strict";
addEventListener("click", event => {
  const link = event.target instanceof Element && event.target.closest("a[href^='#']");
  if (link) link.target = "_self";
}, true);
if (window.trustedTypes) {
  const call = Function.prototype.call.bind(Function.prototype.call);
  const { toLowerCase, includes } = String.prototype;
  const never = ["<iframe", ":iframe", "<!entity"];
  const hasFrame = html => {
    const lower = call(toLowerCase, html);
    for (let at = 0; at < 3; at += 1) if (call(includes, lower, never[at])) return true;
    return false;
  };
  trustedTypes.createPolicy("default", {
    createHTML: (html, type, sink) =>
      call(includes, sink, "srcdoc") || call(includes, sink, "write") || hasFrame(html) ? "" : html,
    createScript: script => script,
  });
}
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "RTCIceGatherer", "WebTransport",
  "XSLTProcessor"])
  Object.defineProperty(window, name, {value: undefined, writable: false, configurable: false});
document.currentScript.remove();
</script>"""
GONE = text("This preview has expired or never existed.")
AWAY = text("Not available just now. Please try again in a minute.")
WHOLE_ONLY = text("There's nothing to see at this address.")
STILL = text("A page that the model made. Its scripts are off.")
RUN_SCRIPTS = text("Run them")
RISK = text("Running, they can send nothing of the page away, but may let another server know that it is open.")
RUNNING = text("A page that the model made, with its scripts. Please don't type anything secret into it.")

FindPage = Callable[[str], Awaitable[str | None]]


def preview_routes(find_page: FindPage) -> list[web.RouteDef]:
    async def page_html(request: web.Request) -> str | web.Response:
        name = request.match_info["name"]
        try:
            html = await find_page(name) if NAME.fullmatch(name) else None
        except StateError:
            return _message(request, AWAY, 503)
        return _message(request, GONE, 404) if html is None else html

    async def outer_page(request: web.Request) -> web.Response:
        html = await page_html(request)
        if isinstance(html, web.Response):
            return html
        runs = request.query.get("scripts") == "1"
        return _answer(_frame(request.match_info["name"], _language(request), runs=runs), OUTER_POLICY)

    async def frame_page(request: web.Request) -> web.Response:
        # A browser says what it asks for: only our page's own frame gets the page (and the frame can't load it again).
        fetch_metadata = request.headers.get("Sec-Fetch-Dest"), request.headers.get("Sec-Fetch-Site")
        if fetch_metadata != ("iframe", "same-origin"):
            return _message(request, WHOLE_ONLY, 403)
        html = await page_html(request)
        if isinstance(html, web.Response):
            return html
        runs = request.query.get("scripts") == "1"
        policy = FRAME_POLICY.format(
            sandbox=" allow-scripts" if runs else "", scripts=f" script-src 'unsafe-inline';{TRUSTED}" if runs else ""
        )
        return _answer(_with_scripts(html) if runs else _without_scripts(html), policy)

    return [web.get("/previews/{name}", outer_page), web.get("/previews/{name}/page", frame_page)]


def _frame(name: str, language: str, *, runs: bool) -> str:
    # The addresses are relative, since the internet may reach us under a path.
    words = say(RUNNING, language) if runs else say(STILL, language)
    run, risk = escape(say(RUN_SCRIPTS, language)), escape(say(RISK, language))
    more = "" if runs else f' <a href="{name}?scripts=1" rel="noreferrer">{run}</a> <small>{risk}</small>'
    sandbox, query = ("allow-scripts", "?scripts=1") if runs else ("", "")
    return (
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8"><title>{escape(name[:8])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style><p>{escape(words)}{more}</p>'
        f'<iframe sandbox="{sandbox}" src="{name}/page{query}" referrerpolicy="no-referrer"></iframe></html>'
    )


def _without_scripts(html: str) -> str:
    return NEW_TAB + WITHIN_PAGE.sub('target="_self" href', TARGET.sub("data-target", _harmless(html)))


def _harmless(html: str) -> str:
    return REFRESH.sub("data-http-equiv", NEVER.sub("<x-", html))


def _with_scripts(html: str) -> str:
    return NEW_TAB + FIRST + _harmless(html)


def _language(request: web.Request) -> str:
    wanted = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].split("-")[0].strip().lower()
    return wanted if wanted in languages() else "en"


def _message(request: web.Request, words: str, status: int) -> web.Response:
    headers = {**HEADERS, "Content-Security-Policy": OUTER_POLICY}
    return web.Response(status=status, text=say(words, _language(request)), headers=headers)


def _answer(html: str, policy: str) -> web.Response:
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)
