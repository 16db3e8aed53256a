"""AnswerSoFar knows what one request has given out over all its attempts, and how the next attempt continues it."""

from dataclasses import replace

from bot.core.model.events import Finished, ModelEvent, ReasoningDelta, TextDelta, TextRetracted, ToolCalled
from bot.core.model.messages import Ask, Message, Part, Reasoning, Text
from bot.core.model.tokens import estimate_tokens
from bot.core.model.usage import Usage
from bot.glm.stream.seam import Seam, anchor_of
from bot.glm.trimming import tokens_of

# A shorter beginning is thrown away and asked for again: an answer in one piece is better than a joined one.
LITTLE_CHARS = 200
LEAST_ROOM_TOKENS = 256
CONTINUE = (
    "Your answer was cut off by a lost connection. The person sees it up to where it ends: “{anchor}”. "
    "Continue exactly where you stopped. Begin with just these last words, so that the place is found, and go straight "
    "on from them: in the middle of a word, a line, a table or a code block if need be. Say nothing about this message."
)


class AnswerSoFar:
    """Filters the events of all attempts: what comes out of it is one answer."""

    def __init__(self) -> None:
        self.tries = 0  # how often the model was asked to continue after a cut
        self.is_continuing = False  # this attempt continues `text`; else it writes the whole answer again
        self.has_calls = False
        self.is_fresh = True  # this attempt has given out nothing yet
        self._text: list[str] = []
        self._thoughts: list[str] = []  # of this attempt
        self._attempt_chars: list[str] = []
        self._blank = ""
        self._replaces = False
        self._is_prefix = False
        self._has_come = False  # text has come in this attempt, be it only repeated
        self._seam: Seam | None = None

    @property
    def text(self) -> str:
        return "".join(self._text)

    @property
    def has_content(self) -> bool:
        return self.has_calls or any(not piece.isspace() for piece in self._text)

    @property
    def has_only_thought(self) -> bool:
        """Tell whether this attempt gave only reasoning where text was to be continued."""
        return self.is_continuing and bool(self._thoughts) and not self._has_come

    def begin(self) -> None:
        """Begin a new attempt."""
        self.is_fresh, self._has_come = True, False
        self._thoughts, self._attempt_chars, self._blank = [], [], ""
        self._seam = Seam(self.text, is_prefix=self._is_prefix) if self.is_continuing else None

    def go_on(self, *, is_prefix: bool) -> None:
        """Prepare the next attempt after a cut: it continues the answer, or begins again when little was given out."""
        self.tries += 1
        self._is_prefix = is_prefix
        self._replaces = len(self.text.strip()) < LITTLE_CHARS
        self.is_continuing = not self._replaces

    def continue_in_words(self) -> None:
        """Ask to continue in words, since the provider does not continue prefixes."""
        self._is_prefix = False

    def events_for(self, event: ModelEvent) -> list[ModelEvent]:
        """Return the events to give out for this one."""
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
                events_before = [*self.rest(), *self._replacing()]
                self.has_calls, self.is_fresh = True, False
                return [*events_before, event]
            case Finished():
                return [*self.rest(), event]
            case _:
                return [event]

    def rest(self) -> list[ModelEvent]:
        """Return what was still held back because it might have been a repetition."""
        seam, self._seam = self._seam, None
        return self._added(seam, seam.end()) if seam else []

    def usage(self, ask: Ask) -> Usage:
        """Return the usage of this attempt by our own estimate: nobody states it for an answer that broke off."""
        words = "".join(self._attempt_chars)
        if not words:
            return Usage()
        thought = estimate_tokens("".join(self._thoughts))
        return Usage(tokens_of(ask), max(thought, estimate_tokens(words)), thought)

    def continued(self, ask: Ask, most_tokens: int | None) -> Ask:
        """Return the request that continues the text: as a prefix of the reply, or told so in words."""
        if not self.is_continuing:
            return ask
        text = self.text
        parts: list[Part] = [Text(text)]
        if self._is_prefix and self._thoughts:
            parts.insert(0, Reasoning("".join(self._thoughts)))
        messages = (*ask.messages, Message("assistant", tuple(parts)))
        if not self._is_prefix:
            messages = (*messages, Message("user", (Text(CONTINUE.format(anchor=anchor_of(text))),)))
        tokens_left = None if most_tokens is None else max(LEAST_ROOM_TOKENS, most_tokens - estimate_tokens(text))
        return replace(ask, messages=messages, max_tokens=tokens_left)

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
        if seam and seam.is_new_answer and self.is_continuing:
            self.is_continuing = False
            void = self._voided("")
        self._text.append(text)
        self.is_fresh = self.is_fresh and text.isspace()
        return [*void, TextDelta(text)]

    def _replacing(self) -> list[ModelEvent]:
        """Withdraw the little that was given out, once something comes in its place."""
        if not self._replaces:
            return []
        self._replaces = False
        return self._voided("")

    def _back_to(self, kept: str) -> list[ModelEvent]:
        """Withdraw what this attempt gave out: it was no text."""
        self.is_fresh = True
        if self._seam or self.is_continuing:
            self._seam = Seam(kept, is_prefix=self._is_prefix)
        return self._voided(kept) if self.text != kept and not self._replaces else []

    def _voided(self, kept: str) -> list[ModelEvent]:
        had_text = bool(self._text)
        self._text = [kept] if kept else []
        return [TextRetracted(kept)] if had_text else []
