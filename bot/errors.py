"""All errors that the bot raises on purpose, each with the sentence that a person reads.

BotError
├── SettingsInvalid              start-up only; never reaches Slack
├── CannotListen                 start-up only: the port is in use, or the system forbids it
├── ModelError                   the model's side
│   ├── ModelBusy                the model is overloaded or rate-limited, or the circuit breaker is open
│   ├── BudgetUsedUp             a person, a channel or the workspace has spent its budget
│   ├── ModelBalanceGone         the account is out of money or quota
│   ├── ModelKeyWrong            the key is missing, wrong or lacks permission
│   ├── ModelNotFound            the provider does not have the configured model
│   ├── ModelNotOffered          it has the model, and the account's settings or its place rule it out
│   ├── ModelRequestRefused      the provider does not take a parameter or a part of the request
│   │   └── ImageRefused         it does not take a picture
│   ├── ContentRefused           the provider's content filter refused the request
│   ├── ContextTooLong           the request is longer than the context window
│   ├── ModelTimeout             no answer came, or no byte for too long
│   ├── ModelUnreachable         there is no connection, or a gateway answers in place of the model
│   ├── AnswerCut                the stream ended before the answer did, and asking for the rest failed too
│   ├── AnswerEmpty              the model finished without a word
│   │   └── AnswerOnlyThought    thinking took all the tokens there were
│   ├── CallTooLong              a tool call took all the tokens there were
│   ├── AnswerRepeating          the model fell into a loop and was stopped
│   └── TextOnlyModel            the model reads text only, and the request has pictures
├── CostDeclined                 the person was told what a question costs, and said no
│   └── CostUnapproved           an app asked, and an app can't say yes
├── FileError                    one file can't be read; the other files of the message are read
│   ├── FileTooLarge
│   ├── FileBroken               damaged, or not what its name promises
│   ├── FileUnsupported
│   ├── FileProtected            encrypted with a password
│   ├── FileGone                 deleted or expired on Slack
│   ├── FileForbidden            Slack does not let the bot download it
│   └── FileTooSlow              reading it took too long
├── SlackError                   Slack refused or failed a call that the turn needs
├── AccessRefused                the person may not use the bot, or not in this channel
├── PayloadMalformed             a request is not in Slack's form; it is ignored
└── StateError                   Redis is unreachable or full
    └── RecordUnreadable         a record in Redis is not in the bot's form
"""

import errno
from collections.abc import Mapping

from bot.words import fill, say, text


class BotError(Exception):
    """An error that the bot expects. `detail` is for the log only.

    `user_message` is the sentence for people, a marked English text (see bot.words). `fields` fill its placeholders.
    `sentence` translates it.
    """

    user_message = text("Something went wrong on my side. Please ask again.")

    def __init__(
        self, detail: str = "", *, user_message: str | None = None, fields: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(detail or type(self).__name__)
        self.detail = detail
        self.fields = dict(fields or {})
        if user_message is not None:
            self.user_message = fill(user_message, **self.fields)


def sentence(error: BotError, language: str = "en") -> str:
    """Return the sentence for the person, in their language."""
    return say(error.user_message, language)


class SettingsInvalid(BotError):
    """One line per wrong environment variable: name, reason, example."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class CannotListen(BotError):
    """`setting` is the name of the variable with the port, `error` the error of the system."""

    def __init__(self, setting: str, port: int, error: OSError) -> None:
        if error.errno == errno.EADDRINUSE:
            super().__init__(f"Port {port} is in use. With another one: {setting}={port + 1} make run")
        elif error.errno == errno.EACCES:
            super().__init__(f"Port {port} may not be listened on here. With another one: {setting}=3000 make run")
        else:
            super().__init__(f"HOST and {setting}: cannot listen on port {port} ({error.strerror})")


class ModelError(BotError):
    """`is_away`: the model does not answer, but another model of the same provider may."""

    is_away = False
    user_message = text("The model couldn't answer this time. Please ask again in a moment.")

    def __init__(
        self,
        detail: str = "",
        *,
        user_message: str | None = None,
        fields: Mapping[str, object] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(detail, user_message=user_message, fields=fields)
        self.retry_after_s = retry_after_s


BUSY_THROUGHOUT = text(
    "The model was busy all the time, and your question didn't get its turn within {minutes} minutes. Please "
    "ask again later."
)
# Said only above the button. Where nothing was shown there is nothing to continue.
GO_ON = text(
    "The answer broke off before it was complete. Press *Continue*, or say “continue”, and I'll pick it up from there."
)


class ModelBusy(ModelError):
    user_message = text("The model is very busy right now. Please ask again in a minute.")


class BudgetUsedUp(ModelError):
    user_message = text("The budget for this is used up. Please ask an admin of this workspace.")


class CostDeclined(BotError):
    user_message = text("All right, I'll leave it unanswered. If you change your mind, press *Ask again*.")


COST_UNAPPROVED = text(
    "This would cost about {cost}, and an app can't say yes to that. Whoever wants the answer can press *Ask again*."
)


class CostUnapproved(CostDeclined):
    def __init__(self, detail: str = "", *, fields: Mapping[str, object]) -> None:
        super().__init__(detail, user_message=COST_UNAPPROVED, fields=fields)


class ModelBalanceGone(ModelError):
    user_message = text(
        "The account that pays for the model has run out of balance or quota. "
        "Please tell whoever looks after this app to top it up; then ask again."
    )


class ModelKeyWrong(ModelError):
    user_message = text(
        "The model doesn't accept this app's key. Please tell whoever looks after this app to check `GLM_API_KEY`."
    )


class ModelNotFound(ModelError):
    user_message = text(
        "The model this app is set to use doesn't exist at its provider. Please tell whoever looks after this "
        "app to check `GLM_MODEL` and `GLM_BASE_URL`."
    )


class ModelNotOffered(ModelError):
    user_message = text(
        "Nobody who serves the model is allowed by the settings of this app's account. Please tell whoever looks "
        "after this app to check those settings, or to choose another model in `GLM_MODEL`."
    )


class ModelRequestRefused(ModelError):
    user_message = text(
        "The model didn't take the question like this. Please try again with a shorter one or fewer files; if it "
        "keeps happening, tell whoever looks after this app."
    )


class ImageRefused(ModelRequestRefused):
    user_message = text(
        "The model couldn't read one of the pictures. Please save it as PNG or JPEG, or take a new screenshot, "
        "and send it again."
    )


class ContentRefused(ModelError):
    user_message = text(
        "The model's content filter refused this one. Please put the question differently, or leave out the part "
        "that may have triggered it."
    )


class ContextTooLong(ModelError):
    user_message = text(
        "That's more than the model can take in at once. Please send fewer or smaller files, or start a new thread."
    )


class ModelTimeout(ModelError):
    user_message = text("The model took too long, so I stopped waiting. Please ask again, perhaps a smaller question.")


class ModelUnreachable(ModelError):
    user_message = text("I can't reach the model right now. Please ask again in a few minutes.")


class AnswerCut(ModelError):
    user_message = text("The answer broke off before it was complete. Please ask again.")


class AnswerEmpty(ModelError):
    user_message = text("The model said nothing at all. Please ask again, perhaps in other words.")


class AnswerOnlyThought(AnswerEmpty):
    user_message = text(
        "The model spent all its room on thinking and didn't get to an answer. Please ask for less at a time, or "
        "begin the question with `!nothink`."
    )


class CallTooLong(ModelError):
    user_message = text(
        "The model ran out of room in the middle of what it was about to do, such as writing a file. Please ask for "
        "less at a time."
    )


class AnswerRepeating(ModelError):
    user_message = text("The model kept repeating itself, so I stopped it. Please ask again, perhaps in other words.")


class TextOnlyModel(ModelError):
    user_message = text(
        "The model this app is set to use reads text only, so I can't look at the pictures. Ask me in words, or have "
        "`GLM_MODEL` set to one that can see, such as `z-ai/glm-4.6v`."
    )


class FileError(BotError):
    """`user_message` completes the sentence “plan.png: …” in the receipt."""

    user_message = text("could not be read")

    ended_the_reader = False  # the process that read it is dead: with less of it, another may live


class FileTooLarge(FileError):
    user_message = text("more than I can hold at once; please send it in parts, smaller, or only the part that matters")


class FileBroken(FileError):
    user_message = text("damaged or cut off; please export it again")


class FileUnsupported(FileError):
    user_message = text("a kind of file I can't read")


class FileProtected(FileError):
    user_message = text("needs a password to open; please send a copy without one")


class FileGone(FileError):
    user_message = text("no longer on Slack")


class FileForbidden(FileError):
    user_message = text("Slack doesn't let me download it; please check that I'm in the channel it was shared in")


class FileTooSlow(FileError):
    user_message = text("took too long to read; please send it in parts, or only the part that matters")


class SlackError(BotError):
    """`code` is Slack's error string, such as `channel_not_found`; empty when no answer came.

    `is_final`: trying again is of no use (the channel is gone, the bot was removed …). `is_passing`: Slack was busy
    or away, so the attempt does not count as failed.
    """

    is_passing = False

    user_message = text("Slack didn't take my answer. Please ask again.")

    def __init__(self, code: str = "", detail: str = "", *, is_final: bool = False) -> None:
        super().__init__(detail or code)
        self.code = code
        self.is_final = is_final


class StateError(BotError):
    user_message = text("I can't reach my memory right now. Please ask again in a minute.")


class RecordUnreadable(StateError):
    """A record of another version, encrypted with another key, or damaged. `detail` never quotes the record."""


class PayloadMalformed(BotError):
    """`detail` names the field, and never quotes its value."""


class AccessRefused(BotError):
    """`is_told`: the person was told so lately. They are told again only where something has to be said."""

    def __init__(self, detail: str, *, user_message: str, is_told: bool) -> None:
        super().__init__(detail, user_message=user_message)
        self.is_told = is_told
