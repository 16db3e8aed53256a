"""The forms of Slack's answers, as far as the bot reads them (https://docs.slack.dev/reference/methods)."""

import asyncio
from typing import Annotated, Any

from pydantic import Field, StrictInt, StrictStr

from bot.errors import PayloadMalformed
from bot.slack.payloads.form import Flag, Id, NoneOr, Shape, Ts, Word, fit
from bot.slack.payloads.messages import File, Message, Reference

# No zone is more than a day away from UTC.
Offset = Annotated[StrictInt, Field(ge=-86_400, le=86_400)] | None


class AnyAnswer(Shape):
    ok: Flag = None
    error: Word = None


class Cursor(Shape):
    next_cursor: Word = None


class Paged(AnyAnswer):
    response_metadata: Cursor | None = None
    has_more: Flag = None
    is_limited: Flag = None


class Messages(Paged):
    messages: list[Message]


class Members(Paged):
    members: list[StrictStr]


class Conversations(Paged):
    channels: list[Reference]


class PersonProfile(Shape):
    display_name: Word = None
    real_name: Word = None


class Person(Shape):
    id: Id
    name: Word = None
    real_name: Word = None
    tz_offset: Offset = None
    locale: Word = None
    is_admin: Flag = None
    is_owner: Flag = None
    profile: PersonProfile | None = None


class PersonAnswer(AnyAnswer):
    user: Person


class FileAnswer(AnyAnswer):
    file: File


class Channel(Shape):
    id: Id
    name: Word = None
    is_im: Flag = None
    is_mpim: Flag = None
    is_group: Flag = None
    is_private: Flag = None
    is_member: Flag = None


class ChannelAnswer(AnyAnswer):
    channel: Channel


class OpenedConversation(AnyAnswer):
    channel: Reference


class ShownView(Shape):
    hash: Word = None


class PublishedView(AnyAnswer):
    view: ShownView


class Permalink(AnyAnswer):
    permalink: StrictStr


class Content(AnyAnswer):
    content: Word = None


class PostedMessage(AnyAnswer):
    ts: Ts


class UploadPlace(AnyAnswer):
    upload_url: StrictStr
    file_id: Id


class UploadedFiles(AnyAnswer):
    files: list[File]


class SearchMatch(Shape):
    message_ts: Ts | NoneOr = None
    content: Word = None
    author_name: Word = None
    author_user_id: Word = None
    channel_name: Word = None
    permalink: Word = None


class SearchMatches(Shape):
    messages: list[SearchMatch] | None = None


class Search(AnyAnswer):
    results: SearchMatches | None = None


class AuthTest(AnyAnswer):
    user_id: Id | NoneOr = None
    team_id: Id | NoneOr = None
    enterprise_id: Id | NoneOr = None
    bot_id: Id | NoneOr = None
    user: Word = None
    team: Word = None


class SocketAddress(AnyAnswer):
    url: StrictStr


METHODS: dict[str, type[Shape]] = {
    "apps.connections.open": SocketAddress,
    "assistant.search.context": Search,
    "auth.test": AuthTest,
    "canvases.getContent": Content,
    "chat.getPermalink": Permalink,
    "chat.postMessage": PostedMessage,
    "chat.startStream": PostedMessage,
    "conversations.history": Messages,
    "conversations.info": ChannelAnswer,
    "conversations.members": Members,
    "conversations.open": OpenedConversation,
    "conversations.replies": Messages,
    "files.completeUploadExternal": UploadedFiles,
    "files.getUploadURLExternal": UploadPlace,
    "files.info": FileAnswer,
    "users.conversations": Conversations,
    "users.info": PersonAnswer,
    "views.publish": PublishedView,
}


async def check_answer(method: str, answer: object) -> None:
    """Remove wrong parts of an answer that are not needed. Raises PayloadMalformed for a useless answer."""
    if not isinstance(answer, dict):
        raise PayloadMalformed("no object")
    data: dict[str, Any] = answer
    shape, messages = METHODS.get(method, AnyAnswer), data.get("messages")
    if shape is not Messages or not isinstance(messages, list):
        fit(shape, data)
        return
    data["messages"] = []
    fit(shape, data)
    for message in messages:  # one by one, since checking a page of long messages must not hold the event loop
        single = {"messages": [message]}
        fit(shape, single)
        data["messages"] += single["messages"]
        await asyncio.sleep(0)
