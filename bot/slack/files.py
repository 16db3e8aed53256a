"""Reads what Slack says of files, and downloads them.

The bot token goes to the API's own host and to files.slack.com, and to no other (design §3). Slack answers a forbidden
download with a log-in page and status 200 (slack.md §2), so such a page is recognised here.
"""

import asyncio
import re
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.thread.inbound import CLIP, EMAIL, FileRef
from bot.errors import FileError, FileForbidden, FileGone, FileTooLarge, FileTooSlow, FileUnsupported
from bot.slack.clips import is_clip, spoken_words, words_file
from bot.slack.emails import MOST_ATTACHED, Attached, Body, attached_files, mail_file, shown_body
from bot.words import text

FILES_HOST = "files.slack.com"
MOST_REDIRECTS = 3
MOST_BYTES = 50 * 1024 * 1024
DOWNLOAD_TIMEOUT_S = 60.0
ATTACHED_TIMEOUT_S = 90.0  # for all that is attached to a mail
CHUNK = 64 * 1024
TOO_LARGE = text("too large: I read files up to {most} MB; please send only the part that matters")
NOT_JUST_NOW = text("Slack wouldn't give it to me just now")
NOT_IN_TIME = text("Slack didn't give it to me in time")
BROKE_OFF = text("the download broke off")
A_LIST = text("a Slack list, which I can't read; please send it as CSV")
NOT_ON_SLACK = text("kept outside Slack, where I can't fetch it")
NO_TRANSCRIPT = text("a recording that Slack has not written down; please send what is said as text")
# Slack listens to a clip after it was sent. After each of these waits its file is asked for again.
TRANSCRIPT_WAITS_S = (1.0, 2.0, 4.0, 8.0)
BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})
GONE = frozenset({"file_not_found", "file_deleted", "invalid_file_id", "canvas_not_found"})
GONE_MODES = frozenset({"tombstone", "hidden_by_limit"})
# Slack's own kinds of files: canvases (and the older posts) are downloaded as web pages, lists can't be downloaded.
CANVASES = frozenset({"quip", "canvas", "docs", "space", "application/vnd.slack-docs"})
LISTS = frozenset({"list", "application/vnd.slack-list"})
PAGE = b'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>%s</body></html>'
# Files whose web page never has the size that Slack tells. The words of the page decide whether it is theirs.
PAGES = frozenset({"canvas", EMAIL})
LOGIN = re.compile(
    rb"<title>[^<]{0,80}\b(?:slack|sign in|log in)\b|<form\b[^>]{0,500}\baction=.?/signin"
    rb"|<input\b[^>]{0,500}\btype=.?password",
    re.IGNORECASE,
)


def file_refs(message: Mapping[str, Any]) -> tuple[FileRef, ...]:
    """The files of a message, in their order."""
    return tuple(_file_ref(file) for file in message.get("files") or () if isinstance(file, Mapping) and file.get("id"))


def _file_ref(file: Mapping[str, Any]) -> FileRef:
    return FileRef(
        id=str(file["id"]),
        name=str(file.get("name") or file.get("title") or file["id"]),
        mimetype=str(file.get("mimetype") or ""),
        size=int(file.get("size") or 0),
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
        mode=_mode(file),
        converted_url=str(file.get("converted_pdf") or ""),
    )


def _mode(file: Mapping[str, Any]) -> str:
    """Slack's mode. For canvases and lists, which Slack names by several words, always `canvas` and `list`. For
    recordings with a transcript it is CLIP.
    """
    kinds = {str(file.get(field) or "") for field in ("mode", "filetype", "mimetype")}
    if kinds & CANVASES:
        return "canvas"
    if is_clip(file):
        return CLIP
    return "list" if kinds & LISTS else str(file.get("mode") or "hosted")


class SlackDownloads:
    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        token: str,
        api_url: str,
        transcript_waits_s: Sequence[float] = TRANSCRIPT_WAITS_S,
    ) -> None:
        self._transcript_waits_s = transcript_waits_s
        self._client = client
        self._session = session
        self._token = token
        self._api = urlsplit(api_url)

    async def fetch(self, file: FileRef) -> bytes:
        """The file's bytes; of a canvas, its web page; of an e-mail, a mail file; of a clip, what is said. Raises the
        FileError that fits.
        """
        if file.mode in GONE_MODES:
            raise FileGone(file.mode)
        # Slack Connect sends a stub; only files.info has the address (slack.md §2).
        is_stub = file.mode == "file_access" or not (file.url or file.mode == "external")
        known = await self.describe(file.id) if is_stub else file
        if known.mode == "external":
            raise FileForbidden(known.mode, user_message=NOT_ON_SLACK)
        if known.mode == "list":
            raise FileUnsupported(known.mode, user_message=A_LIST)
        read = {"canvas": self._canvas, EMAIL: self._email, CLIP: self._clip}.get(known.mode, self._download)
        return await read(known)

    async def fetch_by_id(self, file_id: str) -> bytes:
        return await self.fetch(await self.describe(file_id))

    async def fetch_converted(self, file_id: str, url: str = "") -> bytes:
        """The PDF that Slack made of an Office file; FileGone when there is none."""
        url = url or (await self.describe(file_id)).converted_url
        if not url:
            raise FileGone("not converted")
        return await self._download(FileRef(file_id, f"{file_id}.pdf", "application/pdf", url=url))

    async def describe(self, file_id: str) -> FileRef:
        """What Slack knows of a file. (read.linked_files.SlackLinks checks whether a person may see it.)"""
        file = _file_ref(await self.info(file_id))
        if file.mode in GONE_MODES or not file.url:
            raise FileGone(file.mode)
        return file

    async def info(self, file_id: str) -> dict[str, Any]:
        """Slack's file object."""
        data = await self._asked(self._client.files_info(file=file_id))
        return dict(data["file"])

    async def _canvas(self, file: FileRef) -> bytes:
        """The canvas as a web page, for which the scope `files:read` is enough; else as Markdown, if the app may read
        canvases.
        """
        try:
            page = await self._download(file)
            return page if _is_page(page) else PAGE % page
        except FileError as refused:
            try:
                data = await self._asked(self._client.canvases_getContent(canvas_id=file.id))
            except FileError:
                raise refused from None
            return str(data.get("content") or "").encode()

    async def _email(self, file: FileRef) -> bytes:
        """The mail with its attachments, as far as Slack gives them."""
        about = await self.info(file.id)
        try:
            body = Body(await self._download(file), is_html=True)
        except FileError:
            body = shown_body(about)
        attached = await self._attached(attached_files(about), MOST_BYTES - len(body.data))
        return mail_file(about, attached.noted_in(body, about), attached.fetched)

    async def _attached(self, files: Sequence[FileRef], most_bytes: int) -> Attached:
        """Fetch what is attached to a mail, as much as there is time and room for."""
        until = asyncio.get_running_loop().time() + ATTACHED_TIMEOUT_S
        fetched, refused, too_much = [], [], []
        for file in files[:MOST_ATTACHED]:
            try:
                async with asyncio.timeout_at(until):
                    data = await self._download(file, most_bytes)
            except FileTooLarge:
                too_much.append(file)
            except (FileError, TimeoutError):
                refused.append(file)
            else:
                most_bytes -= len(data)
                fetched.append((file, data))
        return Attached(tuple(fetched), tuple(refused), (*too_much, *files[MOST_ATTACHED:]))

    async def _clip(self, file: FileRef) -> bytes:
        """What is said in a recording, once Slack has written it down."""
        for wait_s in (*self._transcript_waits_s, 0.0):
            found = spoken_words(await self.info(file.id))
            if not found.is_coming:
                break
            await asyncio.sleep(wait_s)
        words = found.beginning.encode()
        if found.url:
            try:
                words = await self._download(FileRef(file.id, file.name, url=found.url))
            except FileError:
                if not words:
                    raise
        if not words:
            raise FileUnsupported(file.mimetype, user_message=NO_TRANSCRIPT)
        return words_file(file.name, words)

    async def _asked(self, call: Awaitable[Any]) -> Any:
        try:
            return (await call).data
        except SlackApiError as error:
            data = getattr(error.response, "data", None)
            code = str(data.get("error") or "") if isinstance(data, dict) else ""
            if code in GONE:
                raise FileGone(code) from error
            if not code or code in BROKEN:
                raise FileTooSlow(code, user_message=NOT_JUST_NOW) from error
            raise FileForbidden(code) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise FileTooSlow(type(error).__name__, user_message=NOT_JUST_NOW) from error

    async def _download(self, file: FileRef, most_bytes: int | None = None) -> bytes:
        """The file's bytes. Raises FileTooLarge if they are more than `most_bytes`, or than MOST_BYTES."""
        most_bytes = MOST_BYTES if most_bytes is None else most_bytes
        try:
            async with asyncio.timeout(DOWNLOAD_TIMEOUT_S):
                return await self._follow(file, most_bytes)
        except (aiohttp.ClientError, OSError) as error:
            slow = NOT_IN_TIME if isinstance(error, TimeoutError) else BROKE_OFF
            raise FileTooSlow(type(error).__name__, user_message=slow) from error

    async def _follow(self, file: FileRef, most_bytes: int) -> bytes:
        """Download the file. Redirects are followed here, and only to hosts that may get the token."""
        url = file.url
        for _ in range(MOST_REDIRECTS + 1):
            if not self._is_slack(url):
                raise FileForbidden(f"redirected to {urlsplit(url).hostname}")
            async with self._session.get(
                url,
                headers={"Authorization": f"Bearer {self._token}"},
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=DOWNLOAD_TIMEOUT_S),
            ) as response:
                if response.status in {301, 302, 303, 307, 308}:
                    url = urljoin(url, response.headers.get("Location", ""))
                    continue
                return await _body(response, file, most_bytes)
        raise FileForbidden("too many redirects")

    def _is_slack(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.hostname == FILES_HOST and parts.scheme == "https":
            return not _is_login(parts.query)
        return (parts.scheme, parts.hostname) == (self._api.scheme, self._api.hostname) and not _is_login(parts.query)


def _is_login(query: str) -> bool:
    """Slack redirects to `https://<workspace>.slack.com/?redir=…` if the bot has no access."""
    return query.startswith("redir=") or "&redir=" in query


def _too_large(detail: str) -> FileTooLarge:
    return FileTooLarge(detail, user_message=TOO_LARGE, fields={"most": MOST_BYTES // 1024**2})


async def _body(response: aiohttp.ClientResponse, file: FileRef, most_bytes: int) -> bytes:
    if response.status in {404, 410}:
        raise FileGone(str(response.status))
    if response.status in {401, 403}:
        raise FileForbidden(str(response.status))
    if response.status != 200:
        raise FileTooSlow(f"HTTP {response.status}", user_message=NOT_JUST_NOW)
    if (response.content_length or 0) > most_bytes:
        raise _too_large(str(response.content_length))
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > most_bytes:
            raise _too_large(f"over {most_bytes}")
        chunks.append(chunk)
    data = b"".join(chunks)
    if response.content_type == "text/html" and _is_login_page(data, file):
        raise FileForbidden("log-in page")
    return data


def _is_login_page(data: bytes, file: FileRef) -> bool:
    """Whether a page is Slack's log-in page in the place of the file."""
    if not _is_page(data) or len(data) == file.size:
        return False
    is_told = bool(file.size) and file.mode not in PAGES
    return is_told or LOGIN.search(data[:65_536]) is not None


def _is_page(data: bytes) -> bool:
    head = data[:4096].lower()
    return b"<html" in head or b"<!doctype html" in head
