"""Downloads: the token goes to Slack only, and whatever comes instead of the file is told apart."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from itertools import count

import aiohttp
import pytest
from aiohttp import web

from bot.core.thread.inbound import FileRef
from bot.errors import FileError, FileForbidden, FileGone, FileTooLarge, FileTooSlow, FileUnsupported
from bot.playground.server import LocalSlack
from bot.playground.workspace.payloads import file_json
from bot.slack import files as module
from bot.slack.app import reading_client
from bot.slack.emails import MOST_ATTACHED, MOST_NAMED
from bot.slack.files import SlackDownloads, file_refs
from bot.slack.read.linked_files import NOT_SHARED, PRIVATE, SlackLinks
from bot.slack.read.names import Names
from tests.checks import calls_of
from tests.slack.serving import running_slack, serving

TOKEN = "xoxb-secret"
REDIRECTS = {
    "to-elsewhere": (302, "{elsewhere}/f/stolen"),
    "round": (302, "/f/round"),
    "nowhere": (302, ""),
    "to-login": (302, "/?redir=%2Ff"),
    "two-steps": (301, "one-step"),
    "one-step": (307, "/f/good"),
}
HTML = "<!DOCTYPE html><html><title>Slack</title>Sign in</html>"
CANVAS = "<h1 id='temp:C:abc'>Plan</h1><ul><li>Log the login times</li><li>LDAP: auth type=password</li></ul>"
WAITS_S = (0.0, 0.0, 0.0)
SIGN_IN = (
    '<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body><form action="/signin"></form></body></html>'
)
PAGES = {
    "login": HTML,
    "signin": SIGN_IN,
    "canvas": CANVAS,
    "whole-canvas": f"<!DOCTYPE html><html><body>{CANVAS}</body></html>",
}


@dataclass
class Host:
    """A web server that notes who came with which token."""

    origin: str = ""
    tokens: list[str] = field(default_factory=list)
    answers: dict[str, dict[str, object]] = field(default_factory=dict)
    in_turn: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        where = request.match_info["name"]
        if where in REDIRECTS:
            status, place = REDIRECTS[where]
            headers = {"Location": place.format(elsewhere=elsewhere_of(self.origin))} if place else {}
            return web.Response(status=status, headers=headers)
        if where.isdigit():
            return web.Response(status=int(where))
        if where in PAGES:
            return web.Response(text=PAGES[where], content_type="text/html")
        match where:
            case "endless":
                return await endless(request)
            case "cut":
                return await cut_off(request)
            case "slow":
                await asyncio.sleep(0.3)
        return web.Response(body=b"bytes")

    async def call(self, request: web.Request) -> web.StreamResponse:
        """A Web API method with the answer that was laid out for it."""
        method = request.match_info["method"]
        self.asked.append(method)
        if self.in_turn.get(method):
            return web.json_response(self.in_turn[method].pop(0))
        return web.json_response(self.answers.get(method, {"ok": False, "error": "missing_scope"}))


def elsewhere_of(origin: str) -> str:
    return origin.replace("127.0.0.1", "localhost")


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        while True:
            await response.write(b"x" * 65_536)
    except (ConnectionError, asyncio.CancelledError):
        return response


async def cut_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"only this")
    assert request.transport is not None
    request.transport.abort()
    return response


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    http = web.Application()
    http.router.add_get("/f/{name}", host.serve)
    http.router.add_post("/api/{method}", host.call)
    http.router.add_get("/api/{method}", host.call)
    async with serving(http) as origin:
        host.origin = origin
        yield host


@pytest.fixture
async def downloads(host: Host) -> AsyncIterator[SlackDownloads]:
    async with aiohttp.ClientSession() as session:
        api_url = f"{host.origin}/api/"
        yield SlackDownloads(reading_client(TOKEN, api_url, session), session, TOKEN, api_url, WAITS_S)


def at(url: str, size: int = 5) -> FileRef:
    return FileRef("F1", "plan.png", "image/png", size, url)


async def test_a_file_is_fetched_with_the_token(host: Host, downloads: SlackDownloads) -> None:
    assert await downloads.fetch(at(f"{host.origin}/f/good")) == b"bytes"
    assert host.tokens == [f"Bearer {TOKEN}"]


async def test_redirects_within_slack_are_followed(host: Host, downloads: SlackDownloads) -> None:
    assert await downloads.fetch(at(f"{host.origin}/f/two-steps")) == b"bytes"
    assert len(host.tokens) == 3


@pytest.mark.parametrize("name", ["to-elsewhere", "round", "nowhere", "to-login"])
async def test_other_redirects_are_not(host: Host, downloads: SlackDownloads, name: str) -> None:
    with pytest.raises(FileForbidden):
        await downloads.fetch(at(f"{host.origin}/f/{name}"))
    assert len(host.tokens) <= module.MOST_REDIRECTS + 1


async def test_the_token_goes_to_no_other_host(host: Host, downloads: SlackDownloads) -> None:
    for url in (
        elsewhere_of(host.origin) + "/f/good",
        "http://files.slack.com.evil.example/f",
        "http://files.slack.com/f",
        host.origin.replace("http://", "http://user@evil.example#"),
        "ftp://127.0.0.1/f",
        "//127.0.0.1/f",
        "file:///etc/passwd",
    ):
        with pytest.raises(FileForbidden):
            await downloads.fetch(at(url))
    assert host.tokens == []


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("404", FileGone),
        ("410", FileGone),
        ("401", FileForbidden),
        ("403", FileForbidden),
        ("429", FileTooSlow),
        ("500", FileTooSlow),
        ("login", FileForbidden),
        ("cut", FileTooSlow),
    ],
)
async def test_each_failure_is_told_apart(
    host: Host, downloads: SlackDownloads, name: str, trouble: type[FileError]
) -> None:
    with pytest.raises(trouble):
        await downloads.fetch(at(f"{host.origin}/f/{name}"))


async def test_a_page_that_is_the_file_itself_is_taken(host: Host, downloads: SlackDownloads) -> None:
    page = replace(at(f"{host.origin}/f/login"), size=len(HTML), mimetype="text/html")
    assert await downloads.fetch(page) == HTML.encode()


async def test_of_a_page_whose_size_slack_does_not_tell_the_words_decide(host: Host, downloads: SlackDownloads) -> None:
    assert b"Plan" in await downloads.fetch(at(f"{host.origin}/f/whole-canvas", size=0))
    with pytest.raises(FileForbidden):
        await downloads.fetch(at(f"{host.origin}/f/signin", size=0))


async def test_a_file_that_grows_too_large_is_stopped(
    host: Host, downloads: SlackDownloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 200_000)
    with pytest.raises(FileTooLarge):
        await downloads.fetch(at(f"{host.origin}/f/endless"))


async def test_a_slow_download_is_given_up(
    host: Host, downloads: SlackDownloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DOWNLOAD_TIMEOUT_S", 0.05)
    with pytest.raises(FileTooSlow) as slow:
        await downloads.fetch(at(f"{host.origin}/f/slow"))
    assert slow.value.user_message == "Slack didn't give it to me in time"


async def test_nobody_there_is_told_as_a_broken_download(downloads: SlackDownloads, host: Host) -> None:
    nobody = host.origin.rsplit(":", 1)[0] + ":1/f/good"
    with pytest.raises(FileTooSlow):
        await downloads.fetch(at(nobody))


@pytest.mark.parametrize("mode", ["tombstone", "hidden_by_limit"])
async def test_what_slack_no_longer_shows_is_not_asked_for(host: Host, downloads: SlackDownloads, mode: str) -> None:
    with pytest.raises(FileGone):
        await downloads.fetch(replace(at(f"{host.origin}/f/good"), mode=mode))
    assert host.tokens == []


def canvas(host: Host, name: str) -> FileRef:
    """As Slack describes one (files.info)."""
    about = {"id": "F1", "name": "Plan", "mode": "quip", "filetype": "quip", "mimetype": "application/vnd.slack-docs"}
    return file_refs({"files": [{**about, "size": 99, "url_private": f"{host.origin}/f/{name}"}]})[0]


@pytest.mark.parametrize("name", ["canvas", "whole-canvas"])
async def test_a_canvas_is_its_web_page(host: Host, downloads: SlackDownloads, name: str) -> None:
    file = canvas(host, name)
    assert (file.mode, file.is_editable) == ("canvas", True)
    page = (await downloads.fetch(file)).decode()
    assert page.startswith("<!DOCTYPE html>")
    assert f"<body>{CANVAS}</body>" in page
    assert host.asked == []


@pytest.mark.parametrize("name", ["signin", "login", "403", "to-login"])
async def test_a_canvas_whose_page_is_refused_is_asked_for_as_markdown(
    host: Host, downloads: SlackDownloads, name: str
) -> None:
    with pytest.raises(FileForbidden):
        await downloads.fetch(canvas(host, name))
    host.answers["canvases.getContent"] = {"ok": True, "content": "# Plan"}
    assert await downloads.fetch(canvas(host, name)) == b"# Plan"
    assert host.asked == ["canvases.getContent"] * 2


async def test_a_list_is_refused_with_a_way_out(host: Host, downloads: SlackDownloads) -> None:
    listed = {"id": "F1", "title": "Sprint", "mode": "list", "filetype": "list", "url_private": f"{host.origin}/f/good"}
    with pytest.raises(FileUnsupported) as refused:
        await downloads.fetch(file_refs({"files": [listed]})[0])
    assert "CSV" in refused.value.user_message
    assert host.tokens == []


async def test_slacks_own_pdf_is_fetched_with_the_same_care(host: Host, downloads: SlackDownloads) -> None:
    assert await downloads.fetch_converted("F1", f"{host.origin}/f/good") == b"bytes"
    with pytest.raises(FileForbidden):
        await downloads.fetch_converted("F1", elsewhere_of(host.origin) + "/f/good")
    assert len(host.tokens) == 1
    about = {"id": "F1", "mode": "hosted", "url_private": f"{host.origin}/f/404"}
    host.answers["files.info"] = {"ok": True, "file": about}
    with pytest.raises(FileGone):
        await downloads.fetch_converted("F1")
    host.answers["files.info"] = {"ok": True, "file": {**about, "converted_pdf": f"{host.origin}/f/good"}}
    assert await downloads.fetch_converted("F1") == b"bytes"
    assert (await downloads.describe("F1")).converted_url == f"{host.origin}/f/good"


LINKED = {"id": "F1", "name": "a.pdf", "user": "U1", "mode": "hosted", "url_private": "https://files.slack.com/a"}


@pytest.mark.parametrize(
    ("about", "members", "where", "may"),
    [
        ({}, [], "C1", False),
        ({"user": "U2"}, [], "C1", True),
        ({"is_public": True, "channels": ["C5"]}, [], "C1", True),
        ({"is_public": True, "channels": ["C5"], "guest": True}, [], "C1", False),
        ({"is_public": True, "channels": ["C5"], "guest": True}, ["U1", "U2"], "C1", True),
        ({"is_public": True, "channels": ["C1"], "guest": True}, [], "C1", True),
        ({"is_public": True, "channels": ["C5"], "outsider": True}, [], "C1", False),
        ({"is_public": True, "channels": ["C5"], "unknown": True}, [], "C1", False),
        ({"missing": True}, [], "C1", False),
        ({"groups": ["C1"]}, [], "C1", True),
        ({"groups": ["C7"]}, ["U1", "U2"], "D1", True),
        ({"groups": ["C7"]}, ["U1", "U2"], "C1", False),
        ({"groups": ["C7"]}, ["U1"], "D1", False),
        ({"ims": ["D7"]}, [], "D1", False),
    ],
)
async def test_a_linked_file_is_for_those_who_could_open_the_link(
    host: Host, downloads: SlackDownloads, about: dict[str, object], members: list[str], where: str, *, may: bool
) -> None:
    if "missing" in about:
        host.answers["files.info"] = {"ok": False, "error": "file_not_found"}
    else:
        host.answers["files.info"] = {"ok": True, "file": {**LINKED, **about}}
    if "unknown" not in about:
        team = "T2" if "outsider" in about else "T1"
        host.answers["users.info"] = {
            "ok": True,
            "user": {"id": "U2", "team_id": team, "is_restricted": "guest" in about},
        }
    host.answers["conversations.members"] = {"ok": True, "members": members}
    async with aiohttp.ClientSession() as session:
        reader = reading_client(TOKEN, f"{host.origin}/api/", session)
        links = SlackLinks(reader, downloads, Names(reader), "T1")
        if may:
            assert (await links.file("F1", user="U2", channel=where)).name == "a.pdf"
            return
        with pytest.raises(FileForbidden) as refused:
            await links.file("F1", user="U2", channel=where)
    sentences = {NOT_SHARED} if where == "C1" and not members else {NOT_SHARED, PRIVATE}
    assert refused.value.user_message in sentences, "and not whether it exists"


# -- against the local Slack ---------------------------------------------------------------------------------------


@dataclass
class Shop:
    slack: LocalSlack
    downloads: SlackDownloads

    def upload(self, data: bytes = b"\x89PNG data", **traits: object) -> FileRef:
        file = self.slack.people.upload("Ana", "plan.png", data, **traits)
        self.slack.people.post("Ana", "@glm", "", files=[file])
        return file_refs({"files": [file_json(self.slack.workspace, file)]})[0]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    slack = LocalSlack(file_processing_s=0.0)
    async with running_slack(slack) as (_, reader, _writer):
        assert reader.session is not None
        yield Shop(slack, SlackDownloads(reader, reader.session, slack.bot_token, slack.api_url, WAITS_S))


async def test_a_file_of_a_message_is_fetched_without_asking_about_it(shop: Shop) -> None:
    assert await shop.downloads.fetch(shop.upload()) == b"\x89PNG data"
    assert calls_of(shop.slack, "files.info") == []


async def test_a_stub_of_slack_connect_is_asked_about_first(shop: Shop) -> None:
    stub = shop.upload(is_connect_stub=True)
    assert stub.mode == "file_access"
    assert await shop.downloads.fetch(stub) == b"\x89PNG data"
    assert len(calls_of(shop.slack, "files.info")) == 1


async def test_a_file_can_be_had_again_by_its_id(shop: Shop) -> None:
    assert await shop.downloads.fetch_by_id(shop.upload().id) == b"\x89PNG data"


@pytest.mark.parametrize("refusal", ["login_page", "redirect"])
async def test_without_the_scope_the_log_in_page_is_not_the_file(shop: Shop, refusal: str) -> None:
    file = shop.upload()
    shop.slack.download_refusal = "redirect" if refusal == "redirect" else "login_page"
    shop.slack.scopes.discard("files:read")
    with pytest.raises(FileForbidden):
        await shop.downloads.fetch(file)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [("file_not_found", FileGone), ("file_deleted", FileGone), ("missing_scope", FileForbidden)],
)
async def test_a_refusal_of_files_info_is_told(shop: Shop, error: str, trouble: type[FileError]) -> None:
    file = shop.upload()
    shop.slack.faults.add("files.info", error=error, times=9)
    with pytest.raises(trouble):
        await shop.downloads.fetch_by_id(file.id)


async def test_a_broken_slack_is_not_a_missing_permission(shop: Shop) -> None:
    file = shop.upload()
    shop.slack.faults.add("files.info", error="internal_error", times=9)
    with pytest.raises(FileTooSlow):
        await shop.downloads.fetch_by_id(file.id)


INVOICE = b"<html><body><p>The invoice <b>4711</b> is due.</p></body></html>"
SENT = {
    "subject": "Your invoice",
    "from": [{"address": "b@example.com", "name": "Billing"}],
    "plain_text": "It is due.",
}


def email_of(shop: Shop, **traits: object) -> FileRef:
    return shop.upload(INVOICE, mimetype="text/html", mode="email", more=SENT, **traits)


async def test_an_email_is_read_with_its_head_and_its_attachments(shop: Shop) -> None:
    """Slack adds the attachments to its size, so the page never has the size that is told."""
    file = email_of(shop, attached={"a.txt": b"Rent"})
    assert file.size > len(INVOICE)
    mail = message_from_bytes(await shop.downloads.fetch(file), policy=policy.default)
    assert (mail["From"], mail["Subject"]) == ("Billing <b@example.com>", "Your invoice")
    assert [part.get_payload(decode=True) for part in mail.iter_parts()] == [INVOICE, b"Rent"]


async def test_an_email_whose_parts_are_refused_says_which(shop: Shop) -> None:
    file = email_of(shop, attached={"a.txt": b"Rent"})
    shop.slack.faults.add("download", error="login", times=9)
    (body,) = message_from_bytes(await shop.downloads.fetch(file), policy=policy.default).iter_parts()
    words = body.get_content()
    assert words.startswith("It is due.")
    assert "could not be fetched: a.txt" in words


async def test_an_attachment_that_is_refused_is_named_within_the_page(shop: Shop) -> None:
    is_refused = iter((False, True))
    shop.slack.faults.add("download", error="login", when=lambda _: next(is_refused))
    mail = message_from_bytes(
        await shop.downloads.fetch(email_of(shop, attached={"a.txt": b"Rent"})), policy=policy.default
    )
    (body,) = mail.iter_parts()
    assert body.get_content().endswith("due.</p>\n<p>[Attached, but could not be fetched: a.txt]</p></body></html>")


async def parts_of(shop: Shop, **traits: object) -> tuple[str, list[str | None]]:
    """The words of a mail, and the names of what is attached to it."""
    mail = message_from_bytes(await shop.downloads.fetch(email_of(shop, **traits)), policy=policy.default)
    body, *attached = mail.iter_parts()
    return body.get_content(), [part.get_filename() for part in attached]


async def test_of_an_email_with_too_much_attached_the_rest_is_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 250)
    words, names = await parts_of(shop, attached={"a.txt": b"R" * 300, "b.txt": b"R" * 100, "c.txt": b"R" * 100})
    assert names == ["b.txt"]
    assert "too much to be fetched with one mail: a.txt, c.txt" in words


async def test_of_very_many_attachments_the_first_are_read_and_the_others_named(shop: Shop) -> None:
    words, names = await parts_of(shop, attached={f"{at}.txt": b"R" for at in range(90)})
    assert names == [f"{at}.txt" for at in range(MOST_ATTACHED)]
    assert "20.txt, 21.txt" in words
    assert words.count(".txt") == MOST_NAMED
    assert "and 20 more" in words


async def test_attachments_that_slack_has_not_kept_are_counted(shop: Shop) -> None:
    mail = shop.upload(INVOICE, mimetype="text/html", mode="email", more=SENT | {"original_attachment_count": 2})
    assert b"2 more attached, but Slack has not kept them" in await words_in(shop, mail)
    more = SENT | {"original_attachment_count": 2, "inline_attachment_count": 2}
    assert b"attached" not in await words_in(shop, shop.upload(INVOICE, mimetype="text/html", mode="email", more=more))


async def words_in(shop: Shop, file: FileRef) -> bytes:
    (body,) = message_from_bytes(await shop.downloads.fetch(file), policy=policy.default).iter_parts()
    return bytes(body.get_payload(decode=True))


async def test_slow_attachments_hold_a_mail_up_for_a_limited_time_in_all(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ATTACHED_TIMEOUT_S", 0.05)
    downloads = count()
    shop.slack.faults.add("download", delay_s=0.3, when=lambda _: next(downloads) > 0, times=None)
    words, names = await parts_of(shop, attached={"a.txt": b"Rent", "b.txt": b"Rent"})
    assert names == []
    assert "could not be fetched: a.txt, b.txt" in words


async def test_the_size_of_what_is_attached_or_recorded_refuses_no_mail_and_no_clip(shop: Shop) -> None:
    """Slack tells the size of a whole recording, and of a mail that of all its attachments."""
    assert email_of(shop, attached={"a.txt": b"Rent"}).download_bytes == 0
    assert shop.upload(data=b"m4a", mimetype="audio/mp4", more={"transcription": HEARD}).download_bytes == 0
    assert shop.upload().download_bytes == len(b"\x89PNG data")


HEARD = {"status": "complete", "preview": {"content": "make it", "has_more": True}}


async def test_a_clip_is_what_is_said_in_it(shop: Shop) -> None:
    clip = shop.upload(data=b"m4a", mimetype="audio/mp4", more={"transcription": HEARD}, attached={"a.vtt": b"blue"})
    assert clip.mode == "clip"
    assert (await shop.downloads.fetch(clip)).endswith(b"Slack has written it down:\n\nblue")


@pytest.mark.parametrize("attached", [{}, {"a.vtt": b"blue"}])
async def test_the_beginning_of_a_transcript_is_better_than_nothing(shop: Shop, attached: dict[str, bytes]) -> None:
    clip = shop.upload(data=b"m4a", mimetype="audio/mp4", more={"transcription": HEARD}, attached=attached)
    shop.slack.faults.add("download", error="login", times=9)
    assert (await shop.downloads.fetch(clip)).endswith(b"make it\n[\xe2\x80\xa6]\n")


async def test_a_transcript_that_slack_is_writing_is_waited_for(host: Host, downloads: SlackDownloads) -> None:
    about = {"id": "F1", "mode": "hosted", "subtype": "slack_audio", "url_private": f"{host.origin}/f/good"}
    (clip,) = file_refs({"files": [about]})
    states = ({"status": "processing"}, {"status": "processing"}, HEARD)
    host.in_turn["files.info"] = [{"ok": True, "file": {**about, "transcription": state}} for state in states]
    assert b"make it" in await downloads.fetch(clip)


@pytest.mark.parametrize("status", ["failed", "processing"])
async def test_a_clip_without_words_asks_for_them(shop: Shop, status: str) -> None:
    clip = shop.upload(data=b"m4a", mimetype="audio/mp4", more={"transcription": {"status": status}})
    clip = replace(clip, mode="clip")
    with pytest.raises(FileUnsupported) as refused:
        await shop.downloads.fetch(clip)
    assert "send what is said as text" in refused.value.user_message


def test_what_is_no_file_is_left_out() -> None:
    assert file_refs({"files": [None, {}, {"id": "F1"}]}) == (FileRef("F1", "F1"),)
    assert file_refs({"files": None}) == ()
    assert file_refs({"files": [{"id": "F1", "title": "t", "size": None, "url_private": "u"}]})[0].url == "u"
