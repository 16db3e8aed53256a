"""PageActions carries out what a person does on the page: `POST /page/act/{name}?as=Ana`, answered with JSON.

The answer is `{"ok": true, …}`, or `{"ok": false, "error": "…"}` with a sentence for the person.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.playground.app.arguments import ApiError
from bot.playground.app.deliveries import Delivery
from bot.playground.browser.forms import chosen, collected
from bot.playground.browser.messages import is_seen
from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.suggestions import suggestions
from bot.playground.people.interactions import find_element
from bot.playground.people.people import People
from bot.playground.workspace.records import Json, Message, StoredFile, View
from bot.playground.workspace.rich_text import typed_command

NO_ANSWER = "The app did not answer in time. Is it running and connected?"
REFUSED = "The app answered with an error (HTTP {status})."
NOT_THERE = "That is no longer there."
NOT_YOURS = "Only the author can do that."
EMPTY = "There is nothing to send."
THREAD_COMMAND = "{command} is not supported in threads. Sorry!"
BAD_VIEW = "Slack refused the app's view: {code}."

Action = Callable[["PageActions", str, Json], Awaitable[Json]]


class ActionRefused(Exception):
    """The action can't be done; the message is for the person."""


class PageActions:
    def __init__(self, people: People, samples: Mapping[str, bytes]) -> None:
        self._people = people
        self._slack = people.app
        self._samples = samples

    async def handle(self, request: web.Request, user: str) -> web.Response:
        act = _ACTIONS.get(request.match_info["name"])
        if act is None:
            raise web.HTTPNotFound
        try:
            body = await _body(request)
            answer = {"ok": True} | await act(self, user, body)
        except ActionRefused as refusal:
            return web.json_response({"ok": False, "error": str(refusal)})
        except ApiError as error:
            return web.json_response({"ok": False, "error": BAD_VIEW.format(code=error.code)})
        except LookupError:
            return web.json_response({"ok": False, "error": NOT_THERE})
        return web.json_response(answer)

    # --- messages ---

    async def post(self, user: str, body: Json) -> Json:
        text = str(body.get("text", "")).strip()
        channel, thread = self._place(user, body), str(body.get("thread") or "") or None
        if thread is not None and self._slack.workspace.message(channel, thread) is None:
            raise LookupError(thread)
        files = [self._uploaded(user, file) for file in body.get("files", [])]
        if not text and not files:
            raise ActionRefused(EMPTY)
        message = self._people.post(user, channel, text, files, thread, is_broadcast=bool(body.get("broadcast")))
        return {"channel": message.channel, "ts": message.ts}

    async def upload(self, user: str, body: Json) -> Json:
        """Upload files for file inputs of modals. The app may fetch such a file, so here it is shared in the person's
        DM.
        """
        home = self._slack.workspace.dm(user)
        files = [self._uploaded(user, file) for file in body.get("files", [])]
        for file in files:
            file.shares.append((home.id, self._slack.workspace.new_ts()))
        return {"files": [file.id for file in files]}

    async def sample(self, user: str, body: Json) -> Json:
        """Send one of the suggestions."""
        suggestion = suggestions(self._samples)[int(body.get("index", 0))]
        data = self._samples[suggestion.picture]
        file = self._people.upload(user, suggestion.picture, data, mimetype="image/png", filetype="png")
        message = self._people.post(user, suggestion.place, suggestion.text, [file])
        return {"channel": message.channel, "ts": message.ts}

    async def edit(self, user: str, body: Json) -> Json:
        text = str(body.get("text", "")).strip()
        if not text:
            raise ActionRefused(EMPTY)
        self._people.edit(self._own_message(user, body), text)
        return {}

    async def delete(self, user: str, body: Json) -> Json:
        self._people.delete(self._own_message(user, body))
        return {}

    async def react(self, user: str, body: Json) -> Json:
        message, name = self._message(user, body), str(body.get("name", ""))
        if not name or len(name) > 100:
            raise ActionRefused(EMPTY)
        if user in message.reactions.get(name, []):
            self._people.unreact(user, message, name)
        else:
            self._people.react(user, message, name)
        return {}

    # --- the app's surfaces ---

    async def command(self, user: str, body: Json) -> Json:
        command, _, text = str(body.get("text", "")).strip().partition(" ")
        if body.get("thread"):
            raise ActionRefused(THREAD_COMMAND.format(command=command))
        channel = self._place(user, body)
        return _check_acknowledged(
            await self._people.slash_command(user, channel, command, typed_command(self._slack.workspace, text.strip()))
        )

    async def click(self, user: str, body: Json) -> Json:
        where: Message | View = self._view(user, body) if body.get("view") else self._message(user, body)
        if isinstance(where, View):
            values, _ = collected(self._slack.workspace, where, _object(body.get("values")))
            where.state_values.update(values)
        action_id, block_id = str(body.get("action", "")), str(body.get("block") or "")
        found = find_element(where, action_id, block_id)
        if found is None:
            raise LookupError(action_id)
        choice = chosen(self._slack.workspace, found[1], body.get("value"))
        place = {"block_id": block_id} if block_id else {}
        return _check_acknowledged(await self._people.click(user, where, action_id, **place, **choice))

    async def submit(self, user: str, body: Json) -> Json:
        view = self._view(user, body)
        values, errors = collected(self._slack.workspace, view, _object(body.get("values")))
        if errors:
            return {"errors": errors}
        delivery = await self._people.submit_view(user, view, values)
        is_refused = delivery.answer.get("response_action") == "errors"
        return _check_acknowledged(delivery) | ({"errors": delivery.answer.get("errors", {})} if is_refused else {})

    async def close(self, user: str, body: Json) -> Json:
        await self._people.close_view(user, self._view(user, body))
        return {}

    async def shortcut(self, user: str, body: Json) -> Json:
        """Use a shortcut. With a message it is a message shortcut."""
        callback_id = str(body.get("callback", ""))
        if body.get("ts"):
            return _check_acknowledged(
                await self._people.message_shortcut(user, self._message(user, body), callback_id)
            )
        return _check_acknowledged(await self._people.global_shortcut(user, callback_id))

    async def home(self, user: str, body: Json) -> Json:
        self._people.open_home(user, "home" if body.get("tab") == "home" else "messages")
        return {}

    async def stop(self, user: str, body: Json) -> Json:
        self._people.press_stop(user, self._place(user, body), str(body.get("thread", "")))
        return {}

    # --- finding what is meant ---

    def _place(self, user: str, body: Json) -> str:
        channel = self._slack.workspace.channels[str(body.get("channel", ""))]
        if user not in channel.members:
            raise LookupError(channel.id)
        return channel.id

    def _message(self, user: str, body: Json) -> Message:
        message = self._slack.workspace.message(str(body.get("channel", "")), str(body.get("ts", "")))
        if message is None or not is_seen(RenderContext(self._slack.workspace, user), message):
            raise LookupError(body.get("ts"))
        return message

    def _own_message(self, user: str, body: Json) -> Message:
        message = self._message(user, body)
        if message.user != user or message.bot_id is not None:
            raise ActionRefused(NOT_YOURS)
        return message

    def _view(self, user: str, body: Json) -> View:
        view_id = str(body.get("view", ""))
        home = self._slack.workspace.homes.get(user)
        if home is not None and home.id == view_id:
            return home
        view = self._slack.workspace.views[view_id]
        if view.user != user or not view.is_open:
            raise LookupError(view_id)
        return view

    def _uploaded(self, user: str, file: web.FileField) -> StoredFile:
        name = file.filename.replace("\\", "/").rpartition("/")[2].strip() or "file"
        return self._people.upload(user, name, file.file.read())


async def _body(request: web.Request) -> Json:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        files = [field for field in form.getall("file", []) if isinstance(field, web.FileField)]
        return {name: value for name, value in form.items() if isinstance(value, str)} | {"files": files}
    try:
        return _object(await request.json())
    except ValueError:
        raise web.HTTPBadRequest(text="not JSON\n") from None


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _check_acknowledged(delivery: Delivery) -> Json:
    if delivery.is_acknowledged:
        return {}
    raise ActionRefused(REFUSED.format(status=delivery.status) if delivery.status else NO_ANSWER)


_ACTIONS: dict[str, Action] = {
    name: getattr(PageActions, name)
    for name in (
        "click", "close", "command", "delete", "edit", "home", "post", "react", "sample", "shortcut", "stop", "submit",
        "upload",
    )
}  # fmt: skip
