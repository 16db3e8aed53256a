import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json
from tests import checks
from tests.playground.conftest import error_of


async def put(url: str, data: bytes) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as response:
        return response.status, await response.text()


async def test_the_sdk_uploads_several_files_into_one_message(slack: LocalSlack, client: AsyncWebClient) -> None:
    root = slack.people.post("Ana", "#general", "@glm draw")
    uploads: list[Json] = [{"content": b"one", "filename": "one.png"}, {"content": b"two!", "filename": "two.csv"}]
    await client.files_upload_v2(
        channel="C0GENERAL", thread_ts=root.ts, file_uploads=uploads, initial_comment="here they are"
    )
    [message] = checks.bot_messages(slack, "#general", root.ts)
    assert message.text == "here they are"
    files = [slack.workspace.files[file_id] for file_id in message.files]
    assert [(file.name, file.data, file.mimetype) for file in files] == [
        ("one.png", b"one", "image/png"),
        ("two.csv", b"two!", "text/csv"),
    ]


async def test_the_three_steps(slack: LocalSlack, client: AsyncWebClient) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    complete: Json = {"files": [{"id": ticket["file_id"], "title": "A"}], "channel_id": "C0GENERAL"}
    assert await error_of(client.files_completeUploadExternal(**complete)) == "file_not_found"
    assert (await put(ticket["upload_url"], b"too long"))[0] == 400
    assert await put(ticket["upload_url"], b"abc") == (200, "OK - 3")
    await client.files_completeUploadExternal(**complete)
    assert await error_of(client.files_completeUploadExternal(**complete)) == "file_not_found"
    assert slack.workspace.files[ticket["file_id"]].title == "A"


async def test_refused_uploads(slack: LocalSlack, client: AsyncWebClient) -> None:
    assert await error_of(client.files_getUploadURLExternal(filename="a", length=0)) == "missing_argument"
    long_alt = client.files_getUploadURLExternal(filename="a", length=1, alt_txt="x" * 1001)
    assert await error_of(long_alt) == "alt_txt_too_large"
    snippet = client.files_getUploadURLExternal(filename="a", length=1_000_001, snippet_type="text")
    assert await error_of(snippet) == "snippet_too_large"
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=1)
    await put(ticket["upload_url"], b"a")
    channel = slack.workspace.add_channel("elsewhere", ["Ana"])
    call = client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}], channel_id=channel.id)
    assert await error_of(call) == "not_in_channel"


async def test_a_file_is_processed_a_moment_later(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.file_processing_s = 0.05
    ticket = await client.files_getUploadURLExternal(filename="a.png", length=1)
    await put(ticket["upload_url"], b"a")
    answer = await client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}], channel_id="C0GENERAL")
    assert answer["files"][0]["mimetype"] == ""
    assert not checks.bot_messages(slack)
    image = [{"type": "image", "alt_text": "x", "slack_file": {"id": ticket["file_id"]}}]
    early = client.chat_postMessage(channel="C0GENERAL", text="x", blocks=image)
    assert await error_of(early) == "invalid_blocks"
    await checks.wait_for(lambda: checks.bot_messages(slack))
    info = (await client.files_info(file=ticket["file_id"]))["file"]
    assert info["mimetype"] == "image/png"
    assert list(info["shares"]["public"]) == ["C0GENERAL"]
    await client.chat_postMessage(channel="C0GENERAL", text="x", blocks=image)


async def test_only_visible_files_and_only_its_own_to_delete(slack: LocalSlack, client: AsyncWebClient) -> None:
    file = slack.people.upload("Ana", "plan.png", b"png")
    assert await error_of(client.files_info(file=file.id)) == "file_not_found"
    slack.people.post("Ana", "#general", files=[file])
    assert (await client.files_info(file=file.id))["file"]["size"] == 3
    assert await error_of(client.files_delete(file=file.id)) == "cant_delete_file"
    assert (await client.files_list(channel="C0GENERAL"))["files"][0]["id"] == file.id
    slack.people.delete_file(file)
    assert await error_of(client.files_info(file=file.id)) == "file_deleted"


async def test_a_slack_connect_file_is_a_stub_until_asked_for(slack: LocalSlack, client: AsyncWebClient) -> None:
    file = slack.people.upload("Ana", "plan.png", b"png", is_connect_stub=True)
    message = slack.people.post("Ana", "#general", files=[file])
    shown = (await client.conversations_replies(channel="C0GENERAL", ts=message.ts))["messages"][0]["files"][0]
    assert (shown["mode"], shown["file_access"], "url_private" in shown) == ("file_access", "check_file_info", False)
    assert "url_private" in (await client.files_info(file=file.id))["file"]
