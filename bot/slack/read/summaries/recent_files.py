"""`recent_files` finds the files of a channel that the dialogue of `/summarize` offers: readable ones, each once."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.thread.inbound import CLIP, FileRef
from bot.slack.files import GONE_MODES, MOST_BYTES
from bot.slack.read.messages import files_of

RECENT = 100
# Known by the name, since the file is not downloaded yet. A file that turns out unreadable later is refused then.
NOT_READ_TYPES = ("audio/", "video/", "font/")
NOT_READ_SUFFIXES = (
    *(".exe", ".dll", ".msi", ".bin", ".iso", ".dmg", ".pkg", ".deb", ".rpm", ".apk", ".class", ".so", ".pyc", ".wasm"),
    *(".sqlite", ".db", ".mdb", ".accdb", ".pst", ".ttf", ".otf", ".woff", ".woff2", ".psd", ".ico"),
    *(".mp3", ".m4a", ".wav", ".ogg", ".flac", ".aac", ".mp4", ".mov", ".avi", ".mkv", ".webm"),
)
NOT_READ_MODES = GONE_MODES | {"external", "list", "file_access"}


# Leaves out messages that people have asked to be forgotten.
Kept = Callable[[list[dict[str, Any]]], Awaitable[list[dict[str, Any]]]]


async def recent_files(client: AsyncWebClient, channel: str, bot_user: str, kept: Kept) -> tuple[FileRef, ...]:
    """The files of the channel's last messages, newest first, without the bot's own. Raises what the client raises."""
    data: Any = (await client.conversations_history(channel=channel, limit=RECENT)).data
    messages = await kept([message for message in data["messages"] if message.get("user") != bot_user])
    files = [file for message in messages for file in files_of(message) if can_be_read(file)]
    by_id = {file.id: file for file in reversed(files)}
    # A file that was sent twice has two ids.
    by_name_and_size = {(file.name, file.size): file for file in by_id.values()}
    return tuple(reversed(by_name_and_size.values()))


def can_be_read(file: FileRef) -> bool:
    """Whether its type, name and size are those of a readable file. Of a clip, the words are read."""
    if not file.url or file.mode in NOT_READ_MODES or file.download_bytes > MOST_BYTES:
        return False
    is_closed = file.mimetype.startswith(NOT_READ_TYPES) or file.name.lower().endswith(NOT_READ_SUFFIXES)
    return file.mode == CLIP or not is_closed
