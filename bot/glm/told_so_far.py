"""What one request has told so far, over all its attempts, and how the next one goes on from there."""

from dataclasses import replace

from bot.core.model.events import Finished, ModelEvent, ReasoningDelta, TextDelta, TextRetracted, ToolCalled
from bot.core.model.messages import Ask, Message, Part, Reasoning, Text
from bot.core.model.tokens import estimate_tokens
from bot.core.model.usage import Usage
from bot.glm.stream.seam import Seam, anchor_of
from bot.glm.trimming import tokens_of

# Less than this is asked for again from its beginning: an answer of one piece is better than a joined one.
LITTLE_CHARS = 200
LEAST_ROOM_TOKENS = 256
CONTINUE = (
    "Your answer was cut off by a lost connection. The person sees it up to where it ends: “{anchor}”. "
    "Continue exactly where you stopped. Begin with just these last words, so that the place is found, and go straight "
    "on from them: in the middle of a word, a line, a table or a code block if need be. Say nothing about this message."
)


class ToldSoFar:
    """A filter over the events of all attempts: what comes out of it is one answer."""

    def __init__(self) -> None:
        self.tries = 0  # how often it was asked to go on after a cut
        self.is_continuing = False  # this attempt goes on from `text`; else it says all anew
        self.has_calls = False
        self.is_fresh = True  # this attempt has told nothing yet
        self._text: list[str] = []
        self._thoughts: list[str] = []  # of this attempt
        self._attempt_chars: list[str] = []
        self._blank = ""
        self._replaces = False
        self._is_prefix = False
        self._has_come = False  # text, in this attempt, be it a repetition
        self._seam: Seam | None = None

    @property
    def text(self) -> str:
        return "".join(self._text)

    @property
    def has_words(self) -> bool:
        return self.has_calls or any(not piece.isspace() for piece in self._text)

    @property
    def has_only_thought(self) -> bool:
        """Where the text was to go on, this attempt has told only reasoning."""
        return self.is_continuing and bool(self._thoughts) and not self._has_come

    def begin(self) -> None:
        """A new attempt."""
        self.is_fresh, self._has_come = True, False
        self._thoughts, self._attempt_chars, self._blank = [], [], ""
        self._seam = Seam(self.text, is_prefix=self._is_prefix) if self.is_continuing else None

    def go_on(self, *, is_prefix: bool) -> None:
        """The answer was cut, and the next attempt goes on with it: from its beginning when little was told."""
        self.tries += 1
        self._is_prefix = is_prefix
        self._replaces = len(self.text.strip()) < LITTLE_CHARS
        self.is_continuing = not self._replaces

    def in_words(self) -> None:
        """The provider does not continue prefixes: it is told instead."""
        self._is_prefix = False

    def passed(self, event: ModelEvent) -> list[ModelEvent]:
        """What of this event is to be told."""
        match event:
            case ReasoningDelta(text):
                self._thoughts.append(text)
                self._attempt_chars.append(text)
                return [event]
            case TextDelta(text):
                self._attempt_chars.append(text)
                self._has_come = self._has_come or not text.isspace()
                return self._with(text)
            case TextRetracted(kept):
                return self._back_to(kept)
            case ToolCalled():
                before = [*self.rest(), *self._replacing()]
                self.has_calls, self.is_fresh = True, False
                return [*before, event]
            case Finished():
                return [*self.rest(), event]
            case _:
                return [event]

    def rest(self) -> list[ModelEvent]:
        """What was still held back, because it might have been a repetition."""
        seam, self._seam = self._seam, None
        return self._added(seam, seam.end()) if seam else []

    def usage(self, ask: Ask) -> Usage:
        """What this attempt has used, by our own estimate: nobody tells it for an answer that broke off."""
        words = "".join(self._attempt_chars)
        if not words:
            return Usage()
        thought = estimate_tokens("".join(self._thoughts))
        return Usage(tokens_of(ask), max(thought, estimate_tokens(words)), thought)

    def continued(self, ask: Ask, most_tokens: int | None) -> Ask:
        """The request that goes on with the text: as a prefix of the reply, or told so in words."""
        if not self.is_continuing:
            return ask
        said = self.text
        parts: list[Part] = [Text(said)]
        if self._is_prefix and self._thoughts:
            parts.insert(0, Reasoning("".join(self._thoughts)))
        messages = (*ask.messages, Message("assistant", tuple(parts)))
        if not self._is_prefix:
            messages = (*messages, Message("user", (Text(CONTINUE.format(anchor=anchor_of(said))),)))
        left = None if most_tokens is None else max(LEAST_ROOM_TOKENS, most_tokens - estimate_tokens(said))
        return replace(ask, messages=messages, max_tokens=left)

    @property
    def is_prefix(self) -> bool:
        return self.is_continuing and self._is_prefix

    def _with(self, text: str) -> list[ModelEvent]:
        if self._seam:
            return self._added(self._seam, self._seam.feed(text))
        if self._replaces:
            self._blank += text
            if self._blank.isspace():
                return []
            text, self._blank = self._blank, ""
        return [*self._replacing(), *self._added(None, text)]

    def _added(self, seam: Seam | None, text: str) -> list[ModelEvent]:
        if not text:
            return []
        void: list[ModelEvent] = []
        if seam and seam.is_anew and self.is_continuing:
            self.is_continuing = False
            void = self._voided("")
        self._text.append(text)
        self.is_fresh = self.is_fresh and text.isspace()
        return [*void, TextDelta(text)]

    def _replacing(self) -> list[ModelEvent]:
        """The little that was told gives way once there is something in its stead."""
        if not self._replaces:
            return []
        self._replaces = False
        return self._voided("")

    def _back_to(self, kept: str) -> list[ModelEvent]:
        """What this attempt has told was no text."""
        self.is_fresh = True
        if self._seam or self.is_continuing:
            self._seam = Seam(kept, is_prefix=self._is_prefix)
        return self._voided(kept) if self.text != kept and not self._replaces else []

    def _voided(self, kept: str) -> list[ModelEvent]:
        was = bool(self._text)
        self._text = [kept] if kept else []
        return [TextRetracted(kept)] if was else []
