"""An answer as people see it grow: when its first text stood there, how long it froze, when it was whole."""

from dataclasses import dataclass, field
from math import isnan, nan

from bench.running import Running
from bench.texts import FIRST_WORD, LAST_WORD
from bot.playground.workspace.records import Message
from tests import checks

ASKER, OTHER = "Ana", "Ben"


def text_for(bot: Running, asked: Message, person: str) -> str:
    messages = bot.slack.workspace.thread(asked.channel, asked.ts)
    shown = (checks.visible_text_for(bot.slack, message, person) for message in messages if message.bot_id)
    return "\n".join(shown)


@dataclass(slots=True)
class Watch:
    """One answer, one person. Seconds; NaN for what has not happened. Look often: what happens between is not seen.

    `freeze_s` is the longest time without a new character between the answer's first word and its last.
    """

    bot: Running
    asked: Message
    began_s: float
    person: str = ASKER
    first_text_s: float = nan
    freeze_s: float = 0.0
    whole_s: float = nan
    _text: str = field(default="", repr=False)
    _changed_s: float = 0.0
    _calls: int = -1

    @property
    def is_whole(self) -> bool:
        return not isnan(self.whole_s)

    @property
    def has_text(self) -> bool:
        return not isnan(self.first_text_s)

    def look(self) -> bool:
        """Whether the answer's last word is there. Nothing on the screen changes without a call to Slack."""
        calls = len(self.bot.slack.calls)
        if self.is_whole or calls == self._calls:
            return self.is_whole
        self._calls = calls
        text, now_s = text_for(self.bot, self.asked, self.person), self.bot.slack.time.now()
        if text != self._text and FIRST_WORD in text:
            if FIRST_WORD in self._text:
                self.freeze_s = max(self.freeze_s, now_s - self._changed_s)
            else:
                self.first_text_s = now_s - self.began_s
            self._changed_s = now_s
        if LAST_WORD in text:
            self.whole_s = now_s - self.began_s
        self._text = text
        return self.is_whole
