"""What the tests of tools share: calls for the script, files to put into a thread, and reading a request."""

import base64
import io
import json
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from bot.core.model.messages import ToolCall
from bot.glm.offline.reply import Reply
from bot.playground.workspace.records import Json, Message, StoredFile
from tests.checks import bot_messages
from tests.documents import pdfs
from tests.e2e.documents.test_pictures import upload
from tests.stage import Stage


def calling(*calls: tuple[str, dict[str, Any]], text: str = "", first_id: int = 1) -> Reply:
    """A reply that calls these tools, under the ids call_1, call_2 …"""
    numbered = enumerate(calls, first_id)
    return Reply(text=text, tool_calls=tuple(ToolCall(f"call_{at}", name, args) for at, (name, args) in numbered))


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def quarters(width: int = 800, height: int = 600) -> bytes:
    """Red, green, blue and yellow, and a border, so that a part is known by its colour."""
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    half_w, half_h = width // 2, height // 2
    draw.rectangle((0, 0, half_w, half_h), fill="red")
    draw.rectangle((half_w, 0, width, half_h), fill="green")
    draw.rectangle((0, half_h, half_w, height), fill="blue")
    draw.rectangle((half_w, half_h, width, height), fill="yellow")
    return png(picture)


def screenshot(title: str = "Sign up", colour: str = "white") -> bytes:
    """What a person might want as a page."""
    picture = Image.new("RGB", (900, 600), colour)
    draw = ImageDraw.Draw(picture)
    draw.text((60, 60), title, font=ImageFont.load_default(48), fill="black")
    draw.rectangle((60, 200, 500, 250), outline="grey", width=3)
    draw.rectangle((60, 300, 260, 360), fill="#2255cc")
    return png(picture)


def report(pages: int = 3) -> bytes:
    return pdfs.pages(
        [pdfs.lines([f"Page {at} of the report", f"Revenue of quarter {at}"]) for at in range(1, pages + 1)]
    )


def post(on: Stage, text: str, *files: tuple[str, bytes], channel: str = "@glm", thread_ts: str = "") -> Message:
    return on.slack.people.post("Ana", channel, text, files=deposited(on, files), thread_ts=thread_ts or None)


def deposited(on: Stage, files: tuple[tuple[str, bytes], ...]) -> list[StoredFile]:
    kinds = {"pdf": {"mimetype": "application/pdf"}}
    return [upload(on, name, data, **kinds.get(name.rpartition(".")[2], {})) for name, data in files]


# -- a request as the model got it ------------------------------------------------------------------------------------


def tool_messages(body: Json) -> list[Json]:
    return [message for message in body["messages"] if message["role"] == "tool"]


def results(body: Json) -> dict[str, str]:
    """Text by id of the call; native pictures left out."""
    return {message["tool_call_id"]: content_text(message["content"]) for message in tool_messages(body)}


def content_text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def past_calls(body: Json) -> list[Json]:
    return [call for message in body["messages"] for call in message.get("tool_calls", [])]


def labelled_pictures(body: Json) -> list[tuple[str, Image.Image]]:
    """Each picture of a request with the text part right before it."""
    found = []
    for message in body["messages"]:
        content = message["content"]
        parts = content if isinstance(content, list) else []
        for at, part in enumerate(parts):
            if part["type"] == "image_url":
                before = parts[at - 1] if at else {"type": "nothing"}
                assert before["type"] == "text", parts
                found.append((before["text"], opened(part["image_url"]["url"])))
    return found


def picture_called(body: Json, label: str) -> Image.Image:
    """The latest under this label."""
    found = [picture for text, picture in labelled_pictures(body) if names(text, label)]
    assert found, (label, [text[-80:] for text, _ in labelled_pictures(body)])
    return found[-1]


def names(text: str, label: str) -> bool:
    """The line right before a picture tells this very label."""
    last = text.strip().splitlines()[-1] if text.strip() else ""
    return f"({label})" in last or f" {label}:" in last or f"[{label}]" in last or last.startswith(f"{label}:")


def opened(url: str) -> Image.Image:
    data = base64.b64decode(url.partition("base64,")[2] or url)
    return Image.open(io.BytesIO(data)).convert("RGB")


def is_near(found: Any, wanted: tuple[int, int, int], tolerance: int = 40) -> bool:
    return all(abs(one - other) <= tolerance for one, other in zip(found, wanted, strict=True))


# -- the answer as a person got it ------------------------------------------------------------------------------------


def things(message: Message) -> list[Any]:
    """What stands in a message, in order: texts, and blocks of every other kind but the row of buttons and the foot."""
    shown: list[Any] = []
    if message.stream is not None:
        for part in message.stream.parts:
            if part["type"] == "markdown_text":
                shown.append(part["text"])
            elif part["type"] == "blocks":
                shown += [content_of(block) for block in part["blocks"]]
    shown += [content_of(block) for block in message.blocks]
    kept = [
        one
        for one in shown
        if one and (isinstance(one, str) or one["type"] not in {"actions", "context", "context_actions"})
    ]
    return joined(kept)


def content_of(block: Json) -> Any:
    return block["text"] if block["type"] == "markdown" else block


def joined(parts: list[Any]) -> list[Any]:
    whole: list[Any] = []
    for part in parts:
        if isinstance(part, str) and whole and isinstance(whole[-1], str):
            whole[-1] += part
        else:
            whole.append(part)
    return [
        part.strip() if isinstance(part, str) else part for part in whole if not isinstance(part, str) or part.strip()
    ]


def shape(parts: list[Any]) -> list[str]:
    """Texts as they are, blocks by their kind."""
    return [part if isinstance(part, str) else part["type"] for part in parts]


def thread_things(on: Stage, root: Message) -> list[Any]:
    return [one for message in bot_messages(on.slack, root.channel, root.ts) for one in things(message)]


def blocks(on: Stage, root: Message, kind: str) -> list[Json]:
    return [one for one in thread_things(on, root) if isinstance(one, dict) and one["type"] == kind]


def shown_picture(on: Stage, block: Json) -> Image.Image:
    file = on.slack.workspace.files[block["slack_file"]["id"]]
    return Image.open(io.BytesIO(file.data)).convert("RGB")


def shared_files(on: Stage, root: Message) -> list[StoredFile]:
    """Files of the app's that were shared into the thread, in order."""
    messages = bot_messages(on.slack, root.channel, root.ts)
    return [on.slack.workspace.files[file] for message in messages for file in message.files]


NAMES = ("channel", "ts", "thread_ts", "message_ts", "id", "file", "file_id", "action_id", "block_id", "value")
"""Arguments whose values Slack or the bot made up: a time stamp may well contain any three digits."""


def every_text(on: Stage) -> list[str]:
    """All that was ever written to a message, call by call, without the made-up names in it."""
    return [
        json.dumps(_without_names(call.args), ensure_ascii=False, default=str)
        for call in on.slack.calls
        if call.method.startswith("chat.")
    ]


def _without_names(value: Any) -> Any:
    """The value without what `NAMES` lists."""
    if isinstance(value, dict):
        return {key: _without_names(one) for key, one in value.items() if key not in NAMES}
    if isinstance(value, list):
        return [_without_names(one) for one in value]
    return value
