"""The methods agents.sessions.* and the older assistant.threads.*, which write one place on the screen.

facts/slack.md §1.4, §1.5; https://docs.slack.dev/ai
"""

from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.events import emit
from bot.playground.app.installation import Installation
from bot.playground.app.methods import method
from bot.playground.workspace.records import Channel, Json, Session

STATUSES = {"active", "processing", "suspended", "closed"}
TITLE_MAX = 200
PROMPTS_MAX = 4
LOADING_MESSAGES_MAX = 10
PROCESSING_LIFE_S = 3600.0
STATUS_TEXT_LIFE_S = 120.0


@method("agents.sessions.setStatus", "T3", scopes="chat:write")
def set_session_status(app: Installation, args: Args) -> Json:
    channel, thread_ts = _session_place(app, args, "channel_id", "channel_not_found")
    status = args.text("status")
    if status not in STATUSES:
        raise ApiError("invalid_arguments", f"status must be one of {', '.join(sorted(STATUSES))}")
    _check_initiator(app, args)
    if len(args.text("title")) > TITLE_MAX:
        raise ApiError("invalid_arguments", f"title must be at most {TITLE_MAX} characters")
    session = app.workspace.sessions.get((channel.id, thread_ts))
    if session is None:
        session = app.workspace.session(channel.id, thread_ts)
        session.title = args.text("title").replace(":", "_")
        session.initiator = args.text("initiator_user_id") or None
    _put_status(app, session, status, "")
    body: Json = {"status": status, "agent_status": status, "title": session.title}
    if "agent_session_stopped" not in app.events:
        warnings = ["missing_agent_session_stopped_event_subscription"]
        body["response_metadata"] = {"warnings": warnings}
    return body


@method("agents.sessions.rename", "T3", scopes="chat:write")
def rename_session(app: Installation, args: Args) -> Json:
    channel, thread_ts = _session_place(app, args, "channel_id", "channel_not_found")
    title = args.text("title")
    if not 1 <= len(title) <= TITLE_MAX:
        raise ApiError("invalid_arguments", f"title must have 1 to {TITLE_MAX} characters")
    session = app.workspace.sessions.get((channel.id, thread_ts))
    if session is None:
        raise ApiError("session_not_found")
    _put_title(app, session, title)
    return {"title": session.title}


@method("assistant.threads.setStatus", "T5", scopes="chat:write assistant:write")
def set_thread_status(app: Installation, args: Args) -> Json:
    channel, thread_ts = _session_place(app, args, "channel_id", "invalid_thread_ts")
    messages = args.json("loading_messages") or []
    if "status" not in args or len(messages) > LOADING_MESSAGES_MAX:
        raise ApiError("invalid_arguments", "status is required, loading_messages are at most 10")
    session = app.workspace.session(channel.id, thread_ts)
    text = args.text("status")
    session.loading_messages = list(messages) if text else []
    _put_status(app, session, "processing" if text else "active", text)
    return {}


@method("assistant.threads.setTitle", "T4", scopes="assistant:write")
def set_thread_title(app: Installation, args: Args) -> Json:
    channel, thread_ts = _session_place(app, args, "channel_id", "invalid_thread_ts")
    if not args.text("title"):
        raise ApiError("invalid_arguments", "missing required field: title")
    _put_title(app, app.workspace.session(channel.id, thread_ts), args.text("title"))
    return {}


@method("assistant.threads.setSuggestedPrompts", "T4", scopes="assistant:write")
def set_prompts(app: Installation, args: Args) -> Json:
    if not app.is_agent:
        raise ApiError("not_agent_app")
    channel = app.find_channel(args, "channel_id")
    thread_ts = args.text("thread_ts")
    if thread_ts and app.workspace.message(channel.id, thread_ts) is None:
        raise ApiError("invalid_thread_ts")
    prompts = args.objects("prompts", "invalid_arguments")
    if not prompts or len(prompts) > PROMPTS_MAX:
        raise ApiError("invalid_arguments", f"prompts must have 1 to {PROMPTS_MAX} items")
    if any(not prompt.get("title") or not prompt.get("message") for prompt in prompts):
        raise ApiError("invalid_arguments", "a prompt needs title and message")
    prompt_list = {"title": args.text("title"), "prompts": prompts}
    app.workspace.prompts[channel.id, thread_ts] = prompt_list
    app.workspace.tell("prompts_changed", channel.id, thread_ts, **prompt_list)
    return {}


@method("assistant.search.context", "T2", scopes="search:read.public search:read.files search:read.users")
def search_context(app: Installation, args: Args) -> Json:
    """Search the words in public channels. It needs the action_token of a message event."""
    query = args.text("query").casefold()
    if not query:
        raise ApiError("missing_query")
    if args.text("action_token") not in app.action_tokens:
        raise ApiError("invalid_action_token")
    found = [
        {"content": message.text, "channel_id": channel.id, "message_ts": message.ts, "author_user_id": message.user}
        for channel in app.workspace.channels.values()
        if channel.kind == "channel"
        for message in app.workspace.messages[channel.id].values()
        if message.ephemeral_to is None and query in message.text.casefold()
    ]
    return {"results": {"messages": found[: min(20, args.number("limit", 20))]}}


def expire_sessions(app: Installation) -> None:
    """End sessions: processing after an hour, a free-text status after two minutes without a post."""
    now = app.time.now()
    for session in app.workspace.sessions.values():
        is_old_text = session.status_text and now - session.status_text_since_s >= STATUS_TEXT_LIFE_S
        is_old_work = session.status == "processing" and now - session.since_s >= PROCESSING_LIFE_S
        if is_old_text or is_old_work:
            _put_status(app, session, "active", "")


def _session_place(app: Installation, args: Args, name: str, code: str) -> tuple[Channel, str]:
    """Return where a session lives: a channel that the bot is in, and the root of a thread there."""
    if not app.is_agent:
        raise ApiError("not_authorized")
    channel = app.find_channel(args, name)
    if not app.workspace.is_bot_in(channel):
        raise ApiError("not_authorized")
    thread_ts = args.text("thread_ts")
    if not thread_ts:
        raise ApiError("thread_ts_required" if code == "channel_not_found" else code)
    found = app.workspace.message(channel.id, thread_ts)
    if found is None:
        raise ApiError(code)
    return channel, found.thread_ts or found.ts


def _check_initiator(app: Installation, args: Args) -> None:
    initiator = args.text("initiator_user_id")
    if initiator and initiator not in app.workspace.users:
        raise ApiError("user_not_found")


def _put_status(app: Installation, session: Session, status: str, text: str) -> None:
    now = app.time.now()
    session.status, session.since_s = status, now
    session.status_text, session.status_text_since_s = text, now
    if not text:
        session.loading_messages = []
    app.workspace.status_changed(session)


def _put_title(app: Installation, session: Session, title: str) -> None:
    previous, session.title = session.title, title
    app.workspace.status_changed(session)
    event = {
        "type": "agent_session_title_changed",
        "channel": session.channel,
        "user": app.workspace.bot.id,
        "team_id": app.workspace.team.id,
        "thread_ts": session.thread_ts,
        "title": title,
        "previous_title": previous,
        "event_ts": app.workspace.new_ts(),
    }
    emit(app, event, app.workspace.channels[session.channel])
