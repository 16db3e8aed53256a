import aiohttp
import pytest

from bot.playground.server import LocalSlack
from bot.playground.workspace.payloads import file_json
from bot.playground.workspace.records import StoredFile

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def shared(slack: LocalSlack) -> StoredFile:
    file = slack.people.upload("Ana", "plan.png", PNG, thumbs={"thumb_360": b"small"})
    slack.people.post("Ana", "#general", files=[file])
    return file


async def get(url: str, token: str = "", **options: bool) -> tuple[int, str, bytes, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    follows = options.get("follows", True)
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers, allow_redirects=follows) as response,
    ):
        return response.status, response.content_type, await response.read(), response.headers.get("Location", "")


async def test_the_bots_token_opens_it(slack: LocalSlack, shared: StoredFile) -> None:
    body = file_json(slack.workspace, shared)
    for name in ("url_private", "url_private_download"):
        assert (await get(body[name], slack.bot_token))[:3] == (200, "image/png", PNG)
    assert (await get(body["thumb_360"], slack.bot_token))[2] == b"small"
    assert [call.method for call in slack.calls] == ["download"] * 3


async def test_everybody_else_gets_a_login_page(slack: LocalSlack, shared: StoredFile) -> None:
    url = file_json(slack.workspace, shared)["url_private"]
    for token in ("", "xoxb-wrong"):
        status, kind, body, _ = await get(url, token)
        assert (status, kind) == (200, "text/html")
        assert b"Sign in" in body
    slack.scopes.remove("files:read")
    assert (await get(url, slack.bot_token))[1] == "text/html"


async def test_not_where_the_bot_is_not(slack: LocalSlack, shared: StoredFile) -> None:
    slack.workspace.leave("#general", "glm")
    assert (await get(file_json(slack.workspace, shared)["url_private"], slack.bot_token))[1] == "text/html"


async def test_or_a_redirect_to_it(slack: LocalSlack, shared: StoredFile) -> None:
    slack.download_refusal = "redirect"
    url = file_json(slack.workspace, shared)["url_private"]
    status, _, _, place = await get(url, follows=False)
    assert status == 302
    assert "/?redir=" in place
    assert (await get(url))[:2] == (200, "text/html")


async def test_a_deleted_file_is_gone(slack: LocalSlack, shared: StoredFile) -> None:
    url = file_json(slack.workspace, shared)["url_private"]
    slack.people.delete_file(shared)
    assert (await get(url, slack.bot_token))[:2] == (404, "text/html")


async def test_troubles_on_order(slack: LocalSlack, shared: StoredFile) -> None:
    url = file_json(slack.workspace, shared)["url_private"]
    slack.faults.add("download", status=500)
    slack.faults.add("download", error="login page")
    slack.faults.add("download", drop_connection=True, times=2)  # aiohttp itself tries a GET twice
    assert (await get(url, slack.bot_token))[0] == 500
    assert (await get(url, slack.bot_token))[1] == "text/html"
    with pytest.raises(aiohttp.ClientError):
        await get(url, slack.bot_token)
    assert (await get(url, slack.bot_token))[2] == PNG
