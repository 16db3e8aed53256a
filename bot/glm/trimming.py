"""Shortens a request to what the model can take while its tools add to it: number of pictures, tokens in all.

A conversation is fitted before its turn begins (core.prompt.window); this is for what the rounds of a turn add. The
newest stays as it is. A note takes the place of what is removed, and the tools can bring it back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.core.model.messages import Ask, Image, Message, Part, Text, ToolCall, ToolResult
from bot.core.model.tokens import TOKENS_PER_MESSAGE, estimate_json_tokens, estimate_tokens

LEFT_OUT = "({label} is left out from here on, to make room.)"
SHORTENED = "\n[shortened from here on, to make room]"
RESULT_CHARS = 600  # an older tool result is cut to this
# Tokens of the window kept for the answer when no limit is set; and how far our estimates are trusted.
ANSWER_TOKENS = 8_192
ESTIMATE_MARGIN = 0.95


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What one request may hold: number of pictures, and tokens."""

    images: int
    tokens: int


def limits(context_tokens: int, answer_tokens: int | None, most_images: int) -> RequestLimits:
    answer = min(answer_tokens or ANSWER_TOKENS, context_tokens // 2)
    return RequestLimits(most_images, int((context_tokens - answer) * ESTIMATE_MARGIN))


def fitted(ask: Ask, allowed: RequestLimits) -> Ask:
    """Return the request, without its oldest pictures and with older tool results shortened, as far as needed.

    Pictures of the latest round go last. If the request is still too long, the provider has to refuse it.
    """
    excess_images = len(list(_images(ask.messages))) - allowed.images
    excess_tokens = tokens_of(ask) - allowed.tokens
    if excess_images <= 0 and excess_tokens <= 0:
        return ask
    removed: set[tuple[int, str]] = set()
    for at, image in [*_images(ask.messages, until=_latest(ask)), *_images(ask.messages, since=_latest(ask))]:
        if excess_images <= 0 and (excess_tokens <= 0 or at >= _latest(ask)):
            break
        removed.add((at, image.label))
        excess_images -= 1
        excess_tokens -= image.tokens
    ask = _mapped(ask, lambda at, part: _without(part, at, removed))
    return ask if excess_tokens <= 0 else _with_short_results(ask, excess_tokens)


def tokens_of(ask: Ask) -> int:
    """Return our estimate of the whole prompt."""
    tools = sum(estimate_json_tokens(f"{tool.name}{tool.description}{dict(tool.parameters)}") for tool in ask.tools)
    return tools + sum(TOKENS_PER_MESSAGE + sum(_tokens(part) for part in message.parts) for message in ask.messages)


def _tokens(part: Part) -> int:
    match part:
        case Image():
            return part.tokens
        case ToolCall():
            return estimate_json_tokens(f"{part.name}{dict(part.arguments)}")
        case ToolResult():
            return estimate_tokens(part.text) + sum(image.tokens for image in part.images)
        case _:
            return estimate_tokens(part.text)


def _latest(ask: Ask) -> int:
    """Return where the newest messages begin: the results of the last round of tools, or the question."""
    answered = [at for at, message in enumerate(ask.messages) if message.role == "assistant"]
    return answered[-1] + 1 if answered else len(ask.messages) - 1


def _images(messages: tuple[Message, ...], since: int = 0, until: int | None = None) -> Iterator[tuple[int, Image]]:
    """Yield every picture with the index of its message, oldest first."""
    for at, message in enumerate(messages[:until]):
        if at < since:
            continue
        for part in message.parts:
            if isinstance(part, Image):
                yield at, part
            elif isinstance(part, ToolResult):
                yield from ((at, image) for image in part.images)


def _without(part: Part, at: int, removed: set[tuple[int, str]]) -> Part:
    if isinstance(part, Image) and (at, part.label) in removed:
        return Text(LEFT_OUT.format(label=part.label) + "\n")
    if isinstance(part, ToolResult) and any((at, image.label) in removed for image in part.images):
        kept = tuple(image for image in part.images if (at, image.label) not in removed)
        words = [LEFT_OUT.format(label=image.label) for image in part.images if (at, image.label) in removed]
        return replace(part, text="\n".join([part.text, *words]), images=kept)
    return part


def _with_short_results(ask: Ask, excess_tokens: int) -> Ask:
    """Shorten older tool results, the oldest first, as far as needed."""
    still_excess, newest = excess_tokens, _latest(ask)

    def shortened(at: int, part: Part) -> Part:
        nonlocal still_excess
        if still_excess <= 0 or at >= newest or not isinstance(part, ToolResult) or len(part.text) <= RESULT_CHARS:
            return part
        short = replace(part, text=part.text[:RESULT_CHARS] + SHORTENED)
        still_excess -= estimate_tokens(part.text) - estimate_tokens(short.text)
        return short

    return _mapped(ask, shortened)


def _mapped(ask: Ask, change: Callable[[int, Part], Part]) -> Ask:
    return replace(
        ask,
        messages=tuple(
            replace(message, parts=tuple(change(at, part) for part in message.parts))
            for at, message in enumerate(ask.messages)
        ),
    )
