"""Files on Slack: what an event says of them, and their bytes.

The bot token goes to the API's own host and to files.slack.com, and to no other (design §3). Slack answers a download
it does not allow with a log-in page and status 200 (slack.md §2): that is told apart here.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.inbound import FileRef
from bot.errors import FileForbidden, FileGone, FileTooLarge, FileTooSlow
from bot.words import text

FILES_HOST = "files.slack.com"
MOST_REDIRECTS = 3
MOST_BYTES = 50 * 1024 * 1024
DOWNLOAD_TIMEOUT_S = 60.0
CHUNK = 64 * 1024
NOT_JUST_NOW = text("Slack did not hand it over just now")
NOT_IN_TIME = text("Slack did not hand it over in time")
BROKE_OFF = text("the download broke off")
NOT_ON_SLACK = text("kept outside Slack, where I can't fetch it")
BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})
GONE = frozenset({"file_not_found", "file_deleted", "invalid_file_id"})
GONE_MODES = frozenset({"tombstone", "hidden_by_limit"})


def file_refs(message: Mapping[str, Any]) -> tuple[FileRef, ...]:
    """The files of a message, in their order."""
    return tuple(_ref(file) for file in message.get("files") or () if isinstance(file, Mapping) and file.get("id"))


def _ref(file: Mapping[str, Any]) -> FileRef:
    return FileRef(
        id=str(file["id"]),
        name=str(file.get("name") or file.get("title") or file["id"]),
        mimetype=str(file.get("mimetype") or ""),
        size=int(file.get("size") or 0),
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
        mode=str(file.get("mode") or "hosted"),
    )


class SlackDownloads:
    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, token: str, api_url: str) -> None:
        self._client = client
        self._session = session
        self._token = token
        self._api = urlsplit(api_url)

    async def fetch(self, file: FileRef) -> bytes:
        if file.mode in GONE_MODES:
            raise FileGone(file.mode)
        if file.mode == "external":
            raise FileForbidden(file.mode, user_message=NOT_ON_SLACK)
        # Slack Connect sends a stub; only files.info has the address (slack.md §2).
        known = file if file.url and file.mode != "file_access" else await self._described(file.id)
        return await self._download(known)

    async def fetch_by_id(self, file_id: str) -> bytes:
        return await self._download(await self._described(file_id))

    async def _described(self, file_id: str) -> FileRef:
        try:
            data: Any = (await self._client.files_info(file=file_id)).data
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
        file = _ref(data["file"])
        if file.mode in GONE_MODES or not file.url:
            raise FileGone(file.mode)
        return file

    async def _download(self, file: FileRef) -> bytes:
        try:
            async with asyncio.timeout(DOWNLOAD_TIMEOUT_S):
                return await self._follow(file)
        except (aiohttp.ClientError, OSError) as error:
            slow = NOT_IN_TIME if isinstance(error, TimeoutError) else BROKE_OFF
            raise FileTooSlow(type(error).__name__, user_message=slow) from error

    async def _follow(self, file: FileRef) -> bytes:
        """Follow redirects by hand: only to hosts that may have the token."""
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
                return await _body(response, file)
        raise FileForbidden("too many redirects")

    def _is_slack(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.hostname == FILES_HOST and parts.scheme == "https":
            return not _is_login(parts.query)
        return (parts.scheme, parts.hostname) == (self._api.scheme, self._api.hostname) and not _is_login(parts.query)


def _is_login(query: str) -> bool:
    """Without access Slack redirects to `https://<workspace>.slack.com/?redir=…`."""
    return query.startswith("redir=") or "&redir=" in query


async def _body(response: aiohttp.ClientResponse, file: FileRef) -> bytes:
    if response.status in {404, 410}:
        raise FileGone(str(response.status))
    if response.status in {401, 403}:
        raise FileForbidden(str(response.status))
    if response.status != 200:
        raise FileTooSlow(f"HTTP {response.status}", user_message=NOT_JUST_NOW)
    if (response.content_length or 0) > MOST_BYTES:
        raise FileTooLarge(str(response.content_length))
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > MOST_BYTES:
            raise FileTooLarge(f"over {MOST_BYTES}")
        chunks.append(chunk)
    data = b"".join(chunks)
    if response.content_type == "text/html" and len(data) != file.size and _is_page(data):
        raise FileForbidden("log-in page")
    return data


def _is_page(data: bytes) -> bool:
    head = data[:4096].lower()
    return b"<html" in head or b"<!doctype html" in head
