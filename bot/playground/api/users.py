"""The methods that tell who and what is here: auth.test, users.*, team.info, bots.info, reactions.*, api.test,
apps.connections.open.
"""

import re

from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.events import tell_reaction
from bot.playground.app.installation import Installation
from bot.playground.app.methods import method
from bot.playground.workspace.payloads import bot_profile, reactions_json, user_json
from bot.playground.workspace.records import Json, Message

_EMOJI = re.compile(r"[\w+'-]+(::skin-tone-[2-6])?")
_REACTIONS_MAX = 23


@method("api.test", "none", token="none")  # noqa: S106
def api_test(_app: Installation, args: Args) -> Json:
    if error := args.text("error"):
        raise ApiError(error, args=dict(args))
    return {"args": dict(args)}


@method("auth.test", "none")
def auth_test(app: Installation, _args: Args) -> Json:
    workspace = app.workspace
    return {
        "url": f"https://{workspace.team.domain}.slack.com/",
        "team": workspace.team.name,
        "user": workspace.bot.name,
        "team_id": workspace.team.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", "T3", token="app")  # noqa: S106
def connections_open(app: Installation, _args: Args) -> Json:
    return {"url": app.deliveries.sockets.new_url()}


@method("users.info", "T4", scopes="users:read")
def users_info(app: Installation, args: Args) -> Json:
    user = app.workspace.users.get(args.text("user"))
    if user is None:
        raise ApiError("user_not_found")
    body = user_json(user)
    if args.flag("include_locale") and user.team == app.workspace.team.id:  # Slack tells it only of one's own company
        body["locale"] = user.locale
    return {"user": body}


@method("users.list", "T2", scopes="users:read")
def users_list(app: Installation, _args: Args) -> Json:
    members = [user_json(user) for user in app.workspace.users.values()]
    return {"members": members, "response_metadata": {"next_cursor": ""}}


@method("team.info", "T3", scopes="team:read")
def team_info(app: Installation, _args: Args) -> Json:
    team = app.workspace.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}


@method("usergroups.list", "T2", scopes="usergroups:read")
def usergroups_list(app: Installation, _args: Args) -> Json:
    team = app.workspace.team.id
    groups = [
        {"id": id_, "team_id": team, "is_usergroup": True, "name": handle, "handle": handle, "date_delete": 0}
        for id_, handle in app.workspace.groups.items()
    ]
    return {"usergroups": groups}


@method("bots.info", "T3", scopes="users:read")
def bots_info(app: Installation, args: Args) -> Json:
    bot = app.workspace.bot
    if args.text("bot") not in {"", bot.bot_id}:
        raise ApiError("bot_not_found")
    return {"bot": bot_profile(app.workspace) | {"user_id": bot.id}}


@method("reactions.add", "T3", scopes="reactions:write")
def reactions_add(app: Installation, args: Args) -> Json:
    message, name = _reaction_target(app, args, write=True)
    bot = app.workspace.bot.id
    if bot in message.reactions.get(name, []):
        raise ApiError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= _REACTIONS_MAX:
        raise ApiError("too_many_emoji")
    message.reactions.setdefault(name, []).append(bot)
    tell_reaction(app, message, bot, name, is_added=True)
    return {}


@method("reactions.remove", "T2", scopes="reactions:write")
def reactions_remove(app: Installation, args: Args) -> Json:
    message, name = _reaction_target(app, args, write=True)
    bot = app.workspace.bot.id
    if bot not in message.reactions.get(name, []):
        raise ApiError("no_reaction")
    drop_reaction(message, bot, name)
    tell_reaction(app, message, bot, name, is_added=False)
    return {}


@method("reactions.get", "T3", scopes="reactions:read")
def reactions_get(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args)
    message = app.find_message(args, channel, "timestamp")
    document = {"type": "message", "text": message.text, "user": message.user, "ts": message.ts}
    return {"type": "message", "channel": channel.id, "message": document | {"reactions": reactions_json(message)}}


def drop_reaction(message: Message, user: str, name: str) -> None:
    message.reactions[name].remove(user)
    if not message.reactions[name]:
        del message.reactions[name]


def _reaction_target(app: Installation, args: Args, *, write: bool) -> tuple[Message, str]:
    name = args.text("name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise ApiError("invalid_name")
    if not args.text("channel") or not args.text("timestamp"):
        raise ApiError("no_item_specified")
    channel = app.find_channel(args, write=write)
    return app.find_message(args, channel, "timestamp"), name
