"""AnswerDecoder turns the model's JSON chunks into the bot's events. No I/O; sse.py cuts the bytes into chunks.

It follows recorded traffic of api.z.ai, OpenRouter, vLLM and SGLang. Reasoning comes as `reasoning` or
`reasoning_content`; usage comes in the last chunk, in one of its own, or with the finish reason repeated.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from bot.core.model.events import (
    Finished,
    FinishReason,
    ModelEvent,
    ReasoningDelta,
    TextDelta,
    TextRetracted,
    ToolCalled,
)
from bot.core.model.messages import ToolCall, ToolSpec
from bot.core.model.usage import Usage
from bot.core.slices import SLICE, slices
from bot.errors import AnswerCut, CallTooLong, ContentRefused, ContextTooLong
from bot.glm.refusals.provider_errors import Refused, refusal_in, refusal_of
from bot.glm.stream.deltas import DeltasSoFar, brings_something, text_of
from bot.glm.stream.leaked_calls import calls_in, is_balanced, repaired
from bot.glm.stream.leaks import LeakStripper, Piece
from bot.glm.stream.repeats import RepeatGuard
from bot.glm.stream.tool_calls import ToolCallJoiner
from bot.glm.stream.usage import usage_of

DONE = b"[DONE]"
LONGEST_NAME = 100  # of a model: the name is shown, stored and used as a metric's label
# Halves of a character beyond the first 65,536: gateways that count in UTF-16 cut such a character.
_HALVES = re.compile("[\ud800-\udfff]")
# The finish reasons of complete answers. Any other word (`abort`, `network_error`) means an incomplete answer.
# After these signs, and after letters and digits, a sentence goes on.
_WITHIN = frozenset(",;，、；")
_FINISHES: Mapping[str, FinishReason] = {
    **dict.fromkeys(("stop", "end_turn", "stop_sequence", "eos", "eos_token"), "stop"),
    **dict.fromkeys(("tool_calls", "function_call", "tool_use"), "tool_calls"),
    **dict.fromkeys(("length", "max_tokens", "max_output_tokens"), "length"),
}
# The finish reasons of servers that gave up a request in the middle.
_GIVEN_UP = {"abort", "aborted", "cancelled", "canceled", "error", "network_error", "timeout"}


class CallNotOffered(AnswerCut):
    """The model called, in its text, a tool that was not offered. Another attempt would do the same."""


class AnswerDecoder:
    """Decodes one answer. Feed it the data of each event; at the end call `flush` and then `closing`.

    `tools` were offered, so that a call in the text can be known; `after` is the text that an earlier stream gave of
    the answer.
    """

    def __init__(self, *, keeps_boxes: bool = False, tools: Sequence[ToolSpec] = (), after: str = "") -> None:
        self.is_done = False  # [DONE] has come: nothing more is to be read
        self.usage: Usage | None = None
        self.finish_reason = ""
        self.model = ""
        self.has_text = False
        self._last_sign = ""  # of the text, besides blanks
        self.pieces = 0  # chunks that brought a part of the answer, and the first one; other empty ones are no progress
        self._calls = ToolCallJoiner()
        self._tools = tools
        self._after = after
        offered = frozenset(tool.name for tool in tools)
        self._text = LeakStripper(keeps_boxes=keeps_boxes, offered=offered, after=after)
        self._thoughts = LeakStripper(routes_thinking=False, offered=offered)
        self._deltas = DeltasSoFar()
        self._has_unread = False  # something came that is no piece: it may have told why the answer ends
        self._half = ""
        self._text_guard = RepeatGuard()
        self._thought_guard = RepeatGuard()

    def feed(self, data: bytes) -> Iterator[list[ModelEvent]]:
        """Yield the events of one chunk; much text comes in several steps, each computed when it is asked for.

        Raises Refused for an error in the stream, and AnswerCut for a piece of the answer that can't be read. After the
        finish reason neither undoes the answer. What is no piece, such as a ping, is passed over.
        """
        data = data.strip()
        if not data or self.is_done:
            return
        if data.strip(b'"') == DONE:
            self.is_done = True
            return
        payload = _parsed(data)
        if payload is not None:
            yield from self._chunk(payload)
        elif b"\n" in data:  # the gateway left out the blank line between events
            for line in data.split(b"\n"):
                yield from self.feed(line)
        elif not self._is_finished:
            self._has_unread = True
            if data.startswith((b"{", b"[")):
                raise AnswerCut("a piece that is not JSON")

    def feed_plain(self, body: bytes) -> Iterator[list[ModelEvent]]:
        """Yield the events of a body that is no event stream: a whole completion. Raises Refused for any other body."""
        payload = _parsed(body)
        if payload is None or not payload.get("choices"):
            raise Refused(refusal_of(200, body))
        yield from self._chunk(payload)
        self.is_done = True

    @property
    def holds_much(self) -> bool:
        """Tell whether `flush` may take long: a long tool call stands in the text."""
        return any(len(stripper.open_call) + stripper.held_chars > SLICE for stripper in (self._text, self._thoughts))

    def flush(self) -> list[ModelEvent]:
        """Return text that was held back because it might have become a special token."""
        return self._events(self._thoughts.end(), as_reasoning=True) + self._events(self._text.end())

    def closing(self) -> list[ModelEvent]:
        """Return the tool calls and Finished (without cost). Raises the error that the answer ended in."""
        if not self.finish_reason and not self._has_ended:
            raise AnswerCut("no finish reason")
        if self.finish_reason in {"sensitive", "content_filter"}:
            raise ContentRefused(f"finish reason {self.finish_reason}")
        reason = _FINISHES.get(self.finish_reason.lower(), "stop" if not self.finish_reason else None)
        if self.finish_reason == "model_context_window_exceeded":
            if not self.has_text:
                raise ContextTooLong("finish reason model_context_window_exceeded")
            reason = "length"
        if reason is None and not self._has_whole_calls:
            raise AnswerCut(f"finish reason {self.finish_reason[:40]}")
        if reason == "length":
            if not self.has_text and (self._calls.has_calls or self._text.calls or self._text.open_call):
                raise CallTooLong("finish reason length")
            return [Finished(reason, self.usage or Usage(), self.model)]
        calls = self._all_calls()  # providers disagree on the finish reason of an answer with calls
        thoughts = self._events(self._text.end_with_call()) if calls else []
        done = Finished("tool_calls" if calls else "stop", self.usage or Usage(), self.model)
        return [*thoughts, *map(ToolCalled, calls), done]

    @property
    def is_within_sentence(self) -> bool:
        """Tell whether the text so far ends where no model goes over to a call."""
        has_call = self._calls.has_calls or self._text.calls or self._text.open_call
        return not has_call and (self._last_sign.isalnum() or self._last_sign in _WITHIN)

    @property
    def _has_ended(self) -> bool:
        """Tell whether an answer without a finish reason is whole: with [DONE] after text, or with whole calls, as
        GLM-5.1 on NVIDIA NIM ends (https://github.com/earendil-works/pi/issues/6226).
        """
        if self._calls.has_calls:
            return self._calls.are_whole or bool(self.is_done and self.usage)
        has_answer = bool(self.has_text or self._text.calls) and not self._has_unread
        return self.is_done and (self.usage is not None or has_answer)

    @property
    def _is_finished(self) -> bool:
        """Tell whether the finish reason of a complete answer has come."""
        return self.finish_reason.lower() in _FINISHES

    @property
    def _has_whole_calls(self) -> bool:
        """Tell whether an unknown finish reason ends tool calls: they are there, and each can be read."""
        calls = self._calls.whole()
        return bool(calls) and not any(call.problem for call in calls) and self.finish_reason.lower() not in _GIVEN_UP

    def _all_calls(self) -> list[ToolCall]:
        """Return the calls that came as calls or as text. Calls within thinking count only where there is nothing else.

        Raises AnswerCut for a call that can't be made.
        """
        calls, text = [repaired(call, self._tools) for call in self._calls.whole()], self._text
        leaked = self._read([*text.calls, *self._ended(text.open_call)])
        if text.open_call and not self._ended(text.open_call):
            raise AnswerCut("a tool call in the text that broke off")
        if text.lost_call and not (text.calls or calls):
            raise AnswerCut("the end of a tool call in the text, without its beginning")
        if text.calls and not (leaked or calls):
            raise AnswerCut("a tool call in the text that can't be read")
        offered = {tool.name for tool in self._tools}
        if leaked and not calls and not any(call.name in offered for call in leaked):
            raise CallNotOffered("a tool call in the text, of a tool that was not offered")
        parsed_calls = [(call.name, call.arguments) for call in calls]
        calls += [call for call in leaked if (call.name, call.arguments) not in parsed_calls]
        if calls or self.has_text:
            return calls
        thought = [*text.thought_calls, *self._thoughts.calls, *self._ended(self._thoughts.open_call)]
        return [call for call in self._read(thought) if call.name in offered]

    def _read(self, bodies: Sequence[str]) -> list[ToolCall]:
        return [call for body in bodies for call in calls_in(body, self._tools)]

    def _ended(self, open_call: str) -> list[str]:
        """Return a call that lacks nothing but its end mark, which some servers remove."""
        return [open_call] if open_call and is_balanced(open_call) else []

    def _chunk(self, payload: Mapping[str, Any]) -> Iterator[list[ModelEvent]]:
        if _is_error(payload):
            self._refuse(payload)
            return
        if isinstance(model := payload.get("model"), str) and model:
            self.model = " ".join(model[:LONGEST_NAME].split())
        if isinstance(usage := payload.get("usage"), Mapping):
            self.usage = usage_of(usage)
        choices = payload.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
            return
        self.pieces = self.pieces or 1
        for choice in choices:  # Dynamo sends two of one index: https://github.com/ai-dynamo/dynamo/issues/15054
            if isinstance(choice, Mapping) and choice.get("index") == choices[0].get("index"):
                yield from self._choice(choice)

    def _choice(self, choice: Mapping[str, Any]) -> Iterator[list[ModelEvent]]:
        if choice.get("error"):
            self._refuse(choice)
            return
        if isinstance(usage := choice.get("usage"), Mapping):  # Moonshot puts it here
            self.usage = usage_of(usage)
        delta, message = choice.get("delta"), choice.get("message")
        if isinstance(delta, Mapping) and brings_something(delta):
            self._deltas.add(delta)
            yield from self._delta(delta)
        elif isinstance(message, Mapping):
            yield from self._delta(self._deltas.rest_of(message))
        reason = str(choice.get("finish_reason") or "")
        if reason and (not self._is_finished or reason.lower() in _FINISHES):
            self.finish_reason = reason

    def _refuse(self, error: Mapping[str, Any]) -> None:
        if not self._is_finished:
            raise Refused(refusal_in(error))

    def _delta(self, delta: Mapping[str, Any]) -> Iterator[list[ModelEvent]]:
        self.pieces += brings_something(delta)
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if isinstance(thought, str) and thought:
            for piece in slices(_joined(thought)):
                yield self._events(self._thoughts.feed(piece), as_reasoning=True)
        for piece in slices(self._without_halves(text_of(delta.get("content")))):
            yield self._events(self._text.feed(piece))
        calls = delta.get("tool_calls")
        for place, call in enumerate(calls if isinstance(calls, list) else ()):
            self._calls.add(call, place)

    def _without_halves(self, text: str) -> str:
        """Remove halves of characters: a half at the end of a chunk waits for the other one."""
        if not self._half and not _HALVES.search(text):
            return text
        text, self._half = self._half + text, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return _joined(text)

    def _events(self, pieces: list[Piece], *, as_reasoning: bool = False) -> list[ModelEvent]:
        events: list[ModelEvent] = []
        for channel, text in pieces:
            if channel == "retract":
                self.has_text, self._last_sign = False, ""
                self._text_guard = RepeatGuard()
                events.append(TextRetracted(self._after))
            elif as_reasoning or channel == "reasoning":
                self._thought_guard.feed(text)
                events.append(ReasoningDelta(text))
            else:
                self._text_guard.feed(text, is_code=self._text.marks.is_fenced)
                self.has_text = self.has_text or not text.isspace()
                self._last_sign = text.rstrip()[-1:] or self._last_sign
                events.append(TextDelta(text))
        return events


def _is_error(payload: Mapping[str, Any]) -> bool:
    """Besides the usual shapes there is {"code": 500, "msg": "…"}, which Zhipu's front end sends with status 200."""
    is_bare = "choices" not in payload and "code" in payload and ("msg" in payload or "message" in payload)
    return bool(payload.get("error")) or payload.get("object") == "error" or is_bare


def _joined(text: str) -> str:
    """Join halves of characters. A half that stays alone can't be sent on and becomes a question mark."""
    if not _HALVES.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        payload = orjson.loads(data)
    except orjson.JSONDecodeError:
        try:  # json accepts half characters (\\ud83d), orjson does not; one such must not cost the answer
            payload = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return None
    return payload if isinstance(payload, dict) else None
