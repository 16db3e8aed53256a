"""Interactions is what people do with commands, buttons, modals, shortcuts, the home tab and the Stop button.

The methods wait for the app's acknowledgement, as a person's client does, and return the delivery: its `status`, and
what the app answered. Payloads: https://docs.slack.dev/reference/interaction-payloads
"""

from typing import Any

from bot.playground.api.response_urls import new_response_url, respond
from bot.playground.api.views import check_view, open_stack, replace_view, show_view, untouched_values
from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.deliveries import Delivery
from bot.playground.app.events import emit
from bot.playground.app.installation import Installation
from bot.playground.workspace.payloads import channel_json, message_json, view_json
from bot.playground.workspace.records import Channel, Json, Message, ResponseUrl, User, View


class Interactions:
    def __init__(self, app: Installation) -> None:
        self.app = app

    async def slash_command(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Type `/command text`. What the app answers in its acknowledgement is posted, only for the person unless it
        says `in_channel`. Without an acknowledgement in time, Slackbot says so.
        """
        workspace = self.app.workspace
        person = workspace.user(user)
        place = workspace.channel(channel, person.id)
        target = ResponseUrl(place.id, person.id, self.app.time.now())
        body = {
            "token": "local-verification-token",
            "team_id": workspace.team.id,
            "team_domain": workspace.team.domain,
            "channel_id": place.id,
            "channel_name": "directmessage" if place.kind == "im" else place.name,
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": new_response_url(self.app, target),
            "trigger_id": self.app.new_trigger(person.id),
        }
        delivery = await self.app.deliveries.send("slash_commands", body)
        if not delivery.is_acknowledged:
            self._slackbot(place, person, f"{command} failed with the error “{_command_error(delivery)}”")
        elif delivery.answer:
            self._respond(target, delivery.answer)
        return delivery

    async def click(self, user: str, surface: Message | View, action_id: str, **chosen: Any) -> Delivery:
        """Use the element with this action_id in a message or view. `chosen` is merged into the action: `value=…`,
        `selected_option={…}`, or `block_id=…` when the id occurs in several blocks.
        """
        person = self.app.workspace.user(user)
        action = self._action(surface, action_id, chosen)
        body = self._interaction("block_actions", person) | {"actions": [action]}
        if isinstance(surface, View):
            self._remember(surface, action)
            view = view_json(self.app.workspace, surface)
            container = {"type": "view", "view_id": surface.id}
            return await self.app.deliveries.send("interactive", body | {"view": view, "container": container})
        body |= self._of_message(surface, person)
        body["state"] = {"values": {}}
        return await self.app.deliveries.send("interactive", body)

    async def message_shortcut(self, user: str, message: Message, callback_id: str) -> Delivery:
        person = self.app.workspace.user(user)
        body = self._interaction("message_action", person) | self._of_message(message, person)
        body.pop("container")
        body |= {"callback_id": callback_id, "message_ts": message.ts, "action_ts": self.app.workspace.new_ts()}
        return await self.app.deliveries.send("interactive", body)

    async def global_shortcut(self, user: str, callback_id: str) -> Delivery:
        body = self._interaction("shortcut", self.app.workspace.user(user))
        body |= {"callback_id": callback_id, "action_ts": self.app.workspace.new_ts()}
        return await self.app.deliveries.send("interactive", body)

    async def submit_view(self, user: str, view: View, values: Json | None = None) -> Delivery:
        """Submit a view. `values`: `{block_id: {action_id: {"type": …, "value": …}}}`, added to what was filled in
        before. Inputs that were left alone are sent with their initial value.
        """
        person = self.app.workspace.user(user)
        for block_id, action_id, value in untouched_values(view.view):
            view.state_values.setdefault(block_id, {}).setdefault(action_id, value)
        for block_id, actions in (values or {}).items():
            view.state_values.setdefault(block_id, {}).update(actions)
        body = self._interaction("view_submission", person) | {"view": view_json(self.app.workspace, view)}
        body["response_urls"] = view.response_urls
        delivery = await self.app.deliveries.send("interactive", body)
        if delivery.is_acknowledged:
            self._after_submit(view, delivery.answer)
        return delivery

    async def close_view(self, user: str, view: View) -> Delivery | None:
        """Close a view. Return None when the app did not ask to be told (`notify_on_close`)."""
        view.is_open = False
        self.app.workspace.tell("view_closed", user=view.user, view_id=view.id)
        if not view.view.get("notify_on_close"):
            return None
        body = self._interaction("view_closed", self.app.workspace.user(user))
        body |= {"view": view_json(self.app.workspace, view), "is_cleared": False}
        return await self.app.deliveries.send("interactive", body)

    def open_home(self, user: str, tab: str = "home") -> None:
        """Open a tab, home or messages. The home view is sent along when there is one. Raises LookupError without a
        tab.
        """
        workspace = self.app.workspace
        if tab == "home" and not self.app.has_home:
            raise LookupError("the app has no home tab")
        person = workspace.user(user)
        channel = workspace.dm(person.id)
        ts = workspace.new_ts()
        event: Json = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": tab, "event_ts": ts}
        if tab == "home" and person.id in workspace.homes:
            event["view"] = view_json(workspace, workspace.homes[person.id])
        if tab == "messages":
            event["context"] = {"entities": []}
        emit(self.app, event)

    def look_at(self, user: str, channel: str = "") -> None:
        """Open a channel while the app's conversation is on the screen; an empty one closes it again."""
        workspace = self.app.workspace
        person = workspace.user(user)
        entities = []
        if channel:
            place = workspace.channel(channel, person.id)
            entities = [{"type": "slack#/types/channel_id", "value": place.id, "team_id": workspace.team.id}]
        event: Json = {"type": "app_context_changed", "user": person.id, "channel": workspace.dm(person.id).id}
        emit(self.app, event | {"context": {"entities": entities} if entities else {}, "event_ts": workspace.new_ts()})

    def press_stop(self, user: str, channel: str, thread_ts: str) -> None:
        """Press Stop: the thread's live streams end for good; the app has to set the status (facts §1.4)."""
        workspace = self.app.workspace
        person = workspace.user(user)
        place = workspace.channel(channel, person.id)
        stopped = []
        for message in workspace.thread(place.id, thread_ts):
            if message.streaming_state == "in_progress" and message.stream is not None:
                message.streaming_state, message.stream.is_stopped_by_user = "completed", True
                stopped.append(message.ts)
                workspace.changed(message)
        event = {"type": "agent_session_stopped", "channel": place.id, "user": person.id, "thread_ts": thread_ts}
        emit(self.app, event | {"streaming_message_ts": stopped, "event_ts": workspace.new_ts()}, place)

    # --- payloads ---

    def _interaction(self, kind: str, person: User) -> Json:
        workspace = self.app.workspace
        return {
            "type": kind,
            "token": "local-verification-token",
            "team": {"id": workspace.team.id, "domain": workspace.team.domain},
            "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team},
            "api_app_id": workspace.app_id,
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self.app.new_trigger(person.id),
        }

    def _of_message(self, message: Message, person: User) -> Json:
        workspace = self.app.workspace
        channel = workspace.channels[message.channel]
        thread_ts = message.thread_ts or ""
        target = ResponseUrl(channel.id, person.id, self.app.time.now(), message.ts, thread_ts)
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if thread_ts:
            container["thread_ts"] = thread_ts
        return {
            "channel": {"id": channel.id, "name": channel_json(workspace, channel).get("name", "directmessage")},
            "message": message_json(workspace, message),
            "container": container,
            "response_url": new_response_url(self.app, target),
        }

    def _action(self, surface: Message | View, action_id: str, chosen: Json) -> Json:
        found = find_element(surface, action_id, str(chosen.get("block_id", "")))
        if found is None:
            raise LookupError(f"nothing with action_id {action_id}")
        block_id, element = found
        fields = ("type", "action_id", "text", "value", "style", "placeholder", "initial_option")
        action = {key: element[key] for key in fields if key in element}
        return action | {"block_id": block_id, "action_ts": self.app.workspace.new_ts()} | chosen

    def _remember(self, view: View, action: Json) -> None:
        """Keep a choice in the view's state, which holds what inputs and selects show, but not buttons."""
        if action["type"] == "button":
            return
        state = {key: value for key, value in action.items() if key not in {"action_id", "block_id", "action_ts"}}
        view.state_values.setdefault(action["block_id"], {})[action["action_id"]] = state

    def _after_submit(self, view: View, answer: Json) -> None:
        """A bare acknowledgement closes the view, errors keep it; update, push and clear do what they say."""
        match answer.get("response_action"):
            case "errors":
                self.app.workspace.tell(
                    "view_updated", user=view.user, view_id=view.id, errors=answer.get("errors", {})
                )
            case "update":
                replace_view(self.app, view, check_view(self.app, answer.get("view"), "modal"))
            case "push":
                show_view(self.app, check_view(self.app, answer.get("view"), "modal"), view.user, on=view)
            case "clear":
                for shown in open_stack(self.app, view.user):
                    self._close(shown)
            case _:
                self._close(view)

    def _close(self, view: View) -> None:
        view.is_open = False
        self.app.workspace.tell("view_closed", user=view.user, view_id=view.id)

    def _respond(self, target: ResponseUrl, answer: Json) -> None:
        try:
            respond(self.app, target, Args(answer))
        except ApiError as error:
            person = self.app.workspace.users[target.user]
            self._slackbot(self.app.workspace.channels[target.channel], person, f"failed: {error.code}")

    def _slackbot(self, channel: Channel, person: User, text: str) -> None:
        message = Message(channel.id, self.app.workspace.new_ts(), text, "USLACKBOT", ephemeral_to=person.id)
        self.app.workspace.add_message(message)


def find_element(surface: Message | View, action_id: str, block_id: str = "") -> tuple[str, Json] | None:
    """Return the block's id and the element. It looks into accessories, containers, cards and the parts of a stream."""
    if isinstance(surface, View):
        blocks = surface.view.get("blocks", [])
    else:
        blocks = (surface.stream.blocks if surface.stream else []) + surface.blocks
    for block in blocks:
        if block_id and block.get("block_id") != block_id:
            continue
        element = _inside(block, action_id)
        if element is not None:
            return str(block.get("block_id", "")), element
    return None


def _inside(value: Any, action_id: str) -> Json | None:
    if isinstance(value, dict):
        if value.get("action_id") == action_id and "type" in value:
            return value
        value = list(value.values())
    if not isinstance(value, list):
        return None
    return next((found for item in value if (found := _inside(item, action_id)) is not None), None)


def _command_error(delivery: Delivery) -> str:
    return "operation_timeout" if delivery.reason in {"http_timeout", "timeout"} else "dispatch_failed"
