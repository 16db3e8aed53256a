"""The forms of messages and files. They are the same in events, interactions and Slack's answers (slack.md §2, §3)."""

from typing import Any

from bot.slack.payloads.form import Flag, Id, NoneOr, Shape, Size, Ts, Word


class Reference(Shape):
    """A person, a workspace, an organisation or a channel, by its id."""

    id: Id
    team_id: Id | NoneOr = None
    enterprise_id: Id | NoneOr = None
    name: Word = None


class File(Shape):
    id: Id
    name: Word = None
    title: Word = None
    mimetype: Word = None
    filetype: Word = None
    mode: Word = None
    size: Size = None
    url_private: Word = None
    url_private_download: Word = None
    converted_pdf: Word = None
    permalink: Word = None
    user: Word = None
    is_public: Flag = None
    channels: list[Id] | None = None
    groups: list[Id] | None = None
    ims: list[Id] | None = None
    shares: "dict[str, dict[str, Any]] | None" = None


class Node(Shape):
    """A block, an element of a block, or an attachment. They contain each other."""

    type: Word = None
    text: "Word | Node" = None
    title: "Word | Node" = None
    label: "Word | Node" = None
    url: Word = None
    file_id: Word = None
    user_id: Word = None
    channel_id: Word = None
    usergroup_id: Word = None
    range: Word = None
    name: Word = None
    language: Word = None
    style: "Word | dict[str, Any]" = None
    fallback: Word = None
    pretext: Word = None
    footer: Word = None
    author_name: Word = None
    from_url: Word = None
    original_url: Word = None
    image_url: Word = None
    thumb_url: Word = None
    alt_text: Word = None
    call: "dict[str, Any] | None" = None
    work_object_entity: "dict[str, Any] | None" = None
    accessory: "Node | None" = None
    element: "Node | None" = None
    elements: "list[Node] | None" = None
    fields: "list[Node] | None" = None
    rows: "list[list[Node]] | None" = None
    blocks: "list[Node] | None" = None
    message_blocks: "list[dict[str, Any]] | None" = None
    attachments: "list[Node] | None" = None
    files: list[File] | None = None


class Profile(Shape):
    name: Word = None


class Metadata(Shape):
    event_type: Word = None


class AssistantThread(Shape):
    action_token: Word = None
    channel_id: Id | NoneOr = None
    thread_ts: Ts | NoneOr = None


class MessageContent(Shape):
    """The content of a message, without its ts."""

    type: Word = None
    subtype: Word = None
    user: Id | NoneOr = None
    bot_id: Id | NoneOr = None
    text: Word = None
    username: Word = None
    thread_ts: Ts | NoneOr = None
    team: Id | NoneOr = None
    user_team: Id | NoneOr = None
    source_team: Id | NoneOr = None
    bot_profile: Profile | None = None
    metadata: Metadata | None = None
    assistant_thread: AssistantThread | None = None
    files: list[File] | None = None
    blocks: list[Node] | None = None
    attachments: list[Node] | None = None
    reply_count: Size = None


class Message(MessageContent):
    ts: Ts
