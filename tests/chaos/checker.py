"""After all of it: has every question exactly one complete answer, and does the memory equal the screen?"""

import re
from collections import Counter, defaultdict

from bot.core.prompt.receipt import NOT_READ, READ
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import Turn
from bot.playground.app.deliveries import Delivery
from bot.playground.workspace.records import Message
from bot.store.threads.threads import Threads
from bot.words import say
from tests.chaos.echo import ANSWER, TOKEN
from tests.chaos.questions import FINE, Findings, Outcome, Question
from tests.chaos.world import World
from tests.checks import bot_messages, visible_text

Place = tuple[str, str]
# The receipt under an answer, in the language of whoever asked.
FOOTERS = tuple(say(words, code).split("{")[0] for words in (READ, NOT_READ) for code in ("en", "zh"))


def normal(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


async def examine(on: World, questions: list[Question]) -> Findings:
    found = Findings()
    threads: dict[Place, list[Question]] = defaultdict(list)
    for question in questions:
        threads[question.place].append(question)
    async with on.threads() as store:
        for place, asked in threads.items():
            conversation = await _memory(store, on, place)
            screen = [message for message in bot_messages(on.slack, *place) if not message.ephemeral_to]
            found.violations += _finality(place, screen)
            gone = {token for question in asked if question.deleted_at is not None for token in question.tokens}
            found.violations += _equality(place, conversation, [one for one in screen if not _answers_only(one, gone)])
            _judge(on, asked, conversation, screen, found)
    found.violations += [f"left over in Redis: {left}" for left in await on.left_over()]
    found.violations += _statuses(on)
    found.paid_again = _paid_again(on)
    found.outcomes = dict(Counter(str(question.outcome) for question in questions))
    return found


async def _memory(store: Threads, on: World, place: Place) -> Conversation:
    return await store.load(ThreadId(on.slack.workspace.team.id, *place))


def _finality(place: Place, screen: list[Message]) -> list[str]:
    return [f"{place}: {message.ts} still streams" for message in screen if message.streaming_state == "in_progress"]


def _statuses(on: World) -> list[str]:
    return [
        f"{place}: status left: {session.status} {session.status_text!r}"
        for place, session in on.slack.workspace.sessions.items()
        if session.status_text or session.status == "processing"
    ]


def _equality(place: Place, conversation: Conversation, screen: list[Message]) -> list[str]:
    """Each turn's answer is what its messages show, and no message of ours belongs to no turn."""
    shown = {message.ts: normal(visible_text(message)) for message in screen}
    wrong = []
    known: Counter[str] = Counter()
    for turn in conversation.turns:
        known.update(turn.reply_ts)
        missing = [ts for ts in turn.reply_ts if ts not in shown]
        if missing:
            wrong.append(f"{place}: remembered {missing} are not on the screen")
            continue
        text = normal(" ".join(shown[ts] for ts in turn.reply_ts))
        if not _agrees(turn, text):
            wrong.append(
                f"{place}: memory {turn.answer[:60]!r} {turn.failure!r} but screen {text[:200]!r} … {text[-120:]!r}"
            )
    wrong += [f"{place}: stray message {ts} {text[:80]!r}" for ts, text in shown.items() if not known[ts]]
    wrong += [f"{place}: {ts} belongs to {count} turns" for ts, count in known.items() if count > 1]
    return wrong


def _answers_only(message: Message, gone: set[str]) -> bool:
    """What a deleted question was told before it was deleted stays on the screen and is forgotten."""
    tokens = set(TOKEN.findall(visible_text(message)))
    return bool(tokens) and tokens <= gone


def _agrees(turn: Turn, text: str) -> bool:
    rest = text.removeprefix(normal(turn.answer))
    if turn.answer and rest == text:
        return False
    if turn.failure:
        return normal(turn.failure) in rest
    footer = rest.strip()
    return not footer or footer.startswith(FOOTERS)


def _judge(
    on: World, asked: list[Question], conversation: Conversation, screen: list[Message], found: Findings
) -> None:
    texts = [normal(visible_text(message)) for message in screen]
    visible = Counter(token for text in texts for token in TOKEN.findall(text))
    whole = {token for text in texts for match in ANSWER.finditer(text) for token in match[1].split()}
    for question in asked:
        remembered = [turn for turn in conversation.turns if question.message.ts in {said.ts for said in turn.said}]
        count = sum(visible[token] for token in question.tokens)
        question.outcome = _outcome(on, question, remembered, count, whole)
        if question.outcome not in FINE:
            found.violations.append(
                f"{question.token} in {question.place}: {question.outcome}, {len(remembered)} turns"
            )
        if question.deleted_at is not None and remembered:
            found.violations.append(f"{question.token} was deleted and is still remembered")
        if question.outcome == "answered":
            found.violations += _as_edited(on, question, visible)
            found.violations += _files(question, asked, texts)


def _outcome(on: World, question: Question, turns: list[Turn], count: int, whole: set[str]) -> Outcome:
    if count > 1 or len(turns) > 1:
        return "DOUBLED"
    if question.deleted_at is not None:
        return "deleted"
    if count == 1:
        return "answered" if whole & set(question.tokens) else _cut(turns)
    if turns and turns[0].failure:
        return "told why not"
    return "LOST" if _was_accepted(on, question) else "never accepted"


def _cut(turns: list[Turn]) -> Outcome:
    """Half an answer is fine when it says itself that it is half."""
    return "told why not" if turns and turns[0].failure else "HALF"


def _was_accepted(on: World, question: Question) -> bool:
    return any(
        delivery.is_acknowledged and delivery.event.get("ts") == question.message.ts
        for delivery in on.slack.deliveries.log
    )


def _as_edited(on: World, question: Question, visible: Counter[str]) -> list[str]:
    """An old version is answered only where the edit came after the answer; then the person got the offer.

    It is offered once at most: an attempt whose acknowledgement was lost may have taken the offer with it.
    """
    if question.version == 1 or visible[question.token]:
        return []
    offers = [message for message in bot_messages(on.slack, question.message.channel) if message.ephemeral_to]
    if any(question.message.ts in str(message.blocks) for message in offers):
        return []
    if not all(one.is_acknowledged for one in _edits(on, question)):
        return []
    return [f"{question.token} was edited, is answered as it was before, and nothing was offered"]


def _edits(on: World, question: Question) -> list[Delivery]:
    """All attempts to tell the bot of the edit."""
    edits = [one for one in on.slack.deliveries.log if one.event.get("subtype") == "message_changed"]
    return [one for one in edits if one.event["message"]["ts"] == question.message.ts]


def _files(question: Question, asked: list[Question], texts: list[str]) -> list[str]:
    """The model saw the pictures of the questions it answered."""
    files = {token: one.files for one in asked for token in one.tokens}
    for text in texts:
        for match in ANSWER.finditer(text):
            tokens = match[1].split()
            if set(tokens) & set(question.tokens) and int(match[2]) != sum(files.get(token, 0) for token in tokens):
                return [f"{question.token}: {match[2]} pictures seen"]
    return []


def _paid_again(on: World) -> list[str]:
    """Answers that went out whole and were asked for once more."""
    again = []
    for index, asked in enumerate(on.model.asked):
        later = [other for other in on.model.asked[index + 1 :] if set(other.tokens) & set(asked.tokens)]
        if asked.ended_at is not None and any(other.at > asked.ended_at for other in later):
            again.append(" ".join(asked.tokens))
    return again
