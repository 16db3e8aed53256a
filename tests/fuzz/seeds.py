"""Whole requests in the shapes Slack documents, one of each kind that the bot knows, and of some it does not.

https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/reference/events
"""

import json
from dataclasses import dataclass
from typing import Any

from bot.core.webpages.actions import COMPARE
from bot.playground.app.deliveries import Kind
from bot.slack.dialogs import approval_question, modals, summary_modal
from bot.slack.reply import footer, page_choice
from handlers import again, shortcuts, summarize
from handlers.glm import words as commands
from tests.replay.load import ANA, NAMES, TEAM, payload

Json = dict[str, Any]
CHANNEL, DM = "C000000GEN", "D00000ANA"
TS, ROOT = "1766458026.240809", "1766458000.000100"
# Where the target listens, it puts in its own.
RESPONSE_URL = "http://slack.invalid/respond"
THREAD = f"{TEAM}:{CHANNEL}:{ROOT}"


@dataclass(frozen=True, slots=True)
class Seed:
    name: str
    kind: Kind
    body: Json


def seeds() -> list[Seed]:
    events = [Seed(f"event {name}", "events_api", payload(name)) for name in NAMES]
    return [*events, *_other_events(), *_presses(), *_views(), *_shortcuts(), *_commands()]


def _other_events() -> list[Seed]:
    told: dict[str, Json] = {
        "url_verification": {"token": "verification", "challenge": "abc", "type": "url_verification"},
        "app_rate_limited": {
            "token": "verification",
            "type": "app_rate_limited",
            "team_id": TEAM,
            "minute_rate_limited": 1766458020,
            "api_app_id": "A0000000APP",
        },
        "unknown": _event({"type": "sandcastle_built", "user": ANA, "event_ts": TS}),
        "user_change": _event({"type": "user_change", "user": {"id": ANA, "profile": {}}, "event_ts": TS}),
        "channel_rename": _event({"type": "channel_rename", "channel": {"id": CHANNEL, "name": "x"}, "event_ts": TS}),
        "function_executed": _event(
            {
                "type": "function_executed",
                "function": {"id": "Fn1", "callback_id": "step", "title": "Step", "input_parameters": []},
                "inputs": {"user_id": ANA},
                "function_execution_id": "Fx1",
                "workflow_execution_id": "Wx1",
                "event_ts": TS,
                "bot_access_token": "xwfp-1",
            }
        ),
    }
    return [Seed(f"event {name}", "events_api", body) for name, body in told.items()]


def _event(event: Json) -> Json:
    return payload("mention") | {"event": event}


def _presses() -> list[Seed]:
    pressed: dict[str, Json] = {
        footer.GOOD: {"value": TS},
        footer.BAD: {"value": TS},
        footer.RATED: {"value": f"up {TS}"},
        modals.USE: {"value": "1 abc"},
        footer.AGAIN: {"value": TS},
        footer.CONTINUE: {"value": TS},
        footer.REASONING: {"value": TS},
        footer.UNDO: {"value": TS},
        footer.REDO: {"value": TS},
        footer.ZIP: {"value": TS},
        footer.COMPARE: _option("1 2"),
        page_choice.SHOW_PAGE: _option("report.pdf#7"),
        page_choice.SEE_PAGE.format(number=1): {"value": "report.pdf#7"},
        approval_question.APPROVE: {"value": "question"},
        approval_question.DENY: {"value": "question"},
        again.ACTION: {"value": json.dumps({"ts": TS, "root": ROOT, "place": "channel", "team": TEAM})},
        "a_button_of_an_older_version": {"value": "1"},
        COMPARE: {"value": "1"},
    }
    names = (footer.THINK, footer.FAST, footer.COPY, footer.VERSIONS, footer.FORGET, "retired")
    every = [*pressed.items(), *((footer.MORE, _option(f"{name} {TS}")) for name in names)]
    return [Seed(f"press {name} {_told(chosen)}", "interactive", _press(name, chosen)) for name, chosen in every]


def _told(chosen: Json) -> str:
    return str(chosen.get("value") or chosen["selected_option"]["value"]).split(" ", maxsplit=1)[0]


def _option(value: str) -> Json:
    return {"selected_option": {"text": {"type": "plain_text", "text": "One"}, "value": value}}


def _press(action_id: str, chosen: Json) -> Json:
    kind = "static_select" if "selected_option" in chosen else "button"
    action = {"type": kind, "action_id": action_id, "block_id": "b1", "action_ts": "1766458040.111111", **chosen}
    return {
        **_who("block_actions"),
        "container": {
            "type": "message",
            "message_ts": TS,
            "channel_id": CHANNEL,
            "is_ephemeral": False,
            "thread_ts": ROOT,
        },
        "channel": {"id": CHANNEL, "name": "general"},
        "message": _message(),
        "state": {"values": {}},
        "response_url": RESPONSE_URL,
        "actions": [action],
    }


def _message() -> Json:
    return {
        "type": "message",
        "user": "U000000BOT",
        "bot_id": "B00000BOT",
        "ts": TS,
        "text": "an answer",
        "team": TEAM,
        "thread_ts": ROOT,
        "blocks": [{"type": "section", "block_id": "s1", "text": {"type": "mrkdwn", "text": "an answer"}}],
        "files": [{"id": "F00000PLAN", "name": "plan.png", "mimetype": "image/png", "size": 12, "mode": "hosted"}],
    }


def _who(kind: str) -> Json:
    return {
        "type": kind,
        "token": "verification",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": ANA, "username": "ana", "name": "ana", "team_id": TEAM},
        "api_app_id": "A0000000APP",
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": "1.2.abc",
    }


def _views() -> list[Seed]:
    about = json.dumps({"thread": THREAD, "ts": TS})
    reason = {"reason": {"value": {"type": "plain_text_input", "value": "it was wrong"}}}
    question = {"question": {"value": {"type": "plain_text_input", "value": "what is this?"}}}
    filled = {
        modals.FEEDBACK: (about, reason),
        modals.FORGET: (about, {}),
        modals.READING: ("", {}),
        summary_modal.ASK: (about, question),
        summary_modal.ORDER: (json.dumps({"channel": CHANNEL}), _ordered()),
        "view_of_an_older_version": (about, reason),
    }
    made = [
        Seed(f"submit {callback}", "interactive", _view("view_submission", callback, *kept))
        for callback, kept in filled.items()
    ]
    closed = _view("view_closed", modals.FEEDBACK, about, {}) | {"is_cleared": False}
    return [*made, Seed("close a view", "interactive", closed)]


def _ordered() -> Json:
    def chosen(value: str) -> Json:
        return {"value": {"type": "static_select"} | _option(value)}

    picked = [{"text": {"type": "plain_text", "text": "plan.png"}, "value": "F00000PLAN"}]
    return {
        "files": {"value": {"type": "file_input", "files": _message()["files"]}},
        "recent": {"value": {"type": "multi_static_select", "selected_options": picked}},
        "length": chosen("page"),
        "style": chosen("minutes"),
        "language": chosen("de"),
        "focus": {"value": {"type": "plain_text_input", "value": "money"}},
        "where": {"value": {"type": "radio_buttons"} | _option("me")},
    }


def _view(kind: str, callback: str, metadata: str, values: Json) -> Json:
    view = {
        "id": "V1",
        "team_id": TEAM,
        "type": "modal",
        "blocks": [],
        "callback_id": callback,
        "private_metadata": metadata,
        "state": {"values": values},
        "hash": "1.abc",
        "root_view_id": "V1",
        "app_installed_team_id": TEAM,
        "bot_id": "B00000BOT",
    }
    return {**_who(kind), "view": view, "response_urls": []}


def _shortcuts() -> list[Seed]:
    names = (shortcuts.SUMMARISE, shortcuts.ASK, shortcuts.PAGE, "shortcut_of_an_older_version")
    used = [
        Seed(
            f"shortcut {name}",
            "interactive",
            {
                **_who("message_action"),
                "callback_id": name,
                "channel": {"id": CHANNEL, "name": "general"},
                "message": _message(),
                "message_ts": TS,
                "action_ts": "1766458041.000001",
                "response_url": RESPONSE_URL,
            },
        )
        for name in names
    ]
    anywhere = {**_who("shortcut"), "callback_id": shortcuts.FILES, "action_ts": "1766458041.000001"}
    options = {**_who("block_suggestion"), "action_id": "x", "block_id": "b", "value": "a", "container": {}}
    return [*used, Seed("global shortcut", "interactive", anywhere), Seed("options", "interactive", options)]


def _commands() -> list[Seed]:
    typed = [
        (summarize.COMMAND, ""),
        (summarize.COMMAND, "last 50"),
        (commands.COMMAND, "reasoning full here"),
        (commands.COMMAND, "help"),
        ("/retired", "x"),
    ]
    made = [
        Seed(
            f"command {name} {text}".strip(),
            "slash_commands",
            {
                "token": "verification",
                "team_id": TEAM,
                "team_domain": "acme",
                "channel_id": CHANNEL,
                "channel_name": "general",
                "user_id": ANA,
                "user_name": "ana",
                "command": name,
                "text": text,
                "api_app_id": "A0000000APP",
                "is_enterprise_install": "false",
                "response_url": RESPONSE_URL,
                "trigger_id": "1.2.abc",
            },
        )
        for name, text in typed
    ]
    return [*made, Seed("ssl_check", "slash_commands", {"ssl_check": "1", "token": "verification"})]
