"""Command is one `/glm` as it was typed: its first word, the text after it, who typed it and where."""

from dataclasses import dataclass

from bot.core.people.preferences import Scope
from bot.core.people.settings import SettingAuthor
from bot.core.ports import Person
from bot.words import say, text
from handlers.dependencies import Dependencies
from handlers.glm.money import Money
from handlers.glm.typed import TypedWords, read_typed
from handlers.interaction import Interaction
from handlers.private_replies import PrivateReply, quoted

NEAR_WORD = text("I don't know “{word}”. Did you mean `{line}`? `/glm help` shows all I can do.")


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is the first word in small letters, `text` what was typed after it."""

    deps: Dependencies
    person: Person
    interaction: Interaction
    name: str
    text: str
    money: Money

    @property
    def team(self) -> str:
        return self.interaction.team

    @property
    def typed(self) -> TypedWords:
        return read_typed(self.text)

    @property
    def by(self) -> SettingAuthor:
        """The person who sets something, and the place."""
        person, channel = self.person, self.interaction.channel
        is_dm = channel.startswith("D")
        return SettingAuthor(self.team, self.interaction.user, channel, person.standing, person.is_admin, is_dm)

    def scopes(self, scope: Scope) -> tuple[str, ...]:
        """The ids of all scopes whose choices count in this scope, the narrowest first."""
        all_scopes = (self.person.id, self.interaction.channel, "")
        return all_scopes[{"me": 0, "here": 1, "everyone": 2}[scope] :]

    def say(self, words: str, /, **fields: object) -> str:
        return say(words, self.person.language, **fields)

    def tell(self, words: str, /, **fields: object) -> PrivateReply:
        """A reply of a marked text, in the person's language."""
        return PrivateReply(self.say(words, **fields))

    def near(self, word: str, line: str) -> PrivateReply:
        """The reply to a word that is not known; `line` is the command that was probably meant."""
        return self.tell(NEAR_WORD, word=quoted(word), line=line)
