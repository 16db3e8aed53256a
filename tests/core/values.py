"""Values and hypothesis strategies that several tests use."""

from hypothesis import strategies as st

from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import FileRef, Inbound
from bot.core.thread.turn import Picture, Turn, TurnMessage, TurnUsage

ANA = "U0000000ANA"
# json carries no lone surrogates, and neither does Slack
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
STAMP = st.builds(lambda s, us: f"{s}.{us:06}", st.integers(1_600_000_000, 1_900_000_000), st.integers(0, 999_999))
PICTURES = st.builds(
    Picture,
    number=st.integers(1, 99),
    name=TEXT,
    file_id=TEXT,
    sha256=TEXT,
    width=st.integers(1, 9_999),
    height=st.integers(1, 9_999),
    tokens=st.integers(8, 6144),
    note=TEXT,
)
SAID = st.builds(
    TurnMessage,
    ts=STAMP,
    speaker=TEXT,
    text=TEXT,
    pictures=st.lists(PICTURES, max_size=2).map(tuple),
    notes=st.lists(TEXT, max_size=2).map(tuple),
    quoted=TEXT,
    role=st.sampled_from(["question", "person", "app", "bot"]),
)
SPENT = st.builds(
    TurnUsage,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.floats(0, 100),
    st.sampled_from(["USD", "CNY"]),
    TEXT,
)
TURNS = st.builds(
    Turn,
    date=st.dates().map(lambda day: day.isoformat()),
    said=st.lists(SAID, min_size=1, max_size=3).map(tuple),
    answer=TEXT,
    reasoning=TEXT,
    thought_s=st.floats(0, 600),
    failure=TEXT,
    reply_ts=st.lists(STAMP, max_size=2).map(tuple),
    spent=SPENT,
    missed_since=st.one_of(st.just(""), STAMP),
)


def inbound(ts: str = "100.000001", root_ts: str = "", *, text: str = "hello", **more: object) -> Inbound:
    given: dict[str, object] = {"team": "T1", "channel": "C1", "user": ANA, "user_team": "T1", "place": "channel"}
    return Inbound(**{**given, "ts": ts, "root_ts": root_ts or ts, "text": text, **more})  # type: ignore[arg-type]


def file_ref(name: str = "plan.png", **more: object) -> FileRef:
    given: dict[str, object] = {
        "id": f"F-{name}",
        "name": name,
        "mimetype": "image/png",
        "size": 10,
        "url": "https://x",
    }
    return FileRef(**{**given, **more})  # type: ignore[arg-type]


def picture(number: int = 1, tokens: int = 6144, name: str = "plan.png") -> Picture:
    return Picture(number, name, f"F{number}", f"sha{number}", 1280, 720, tokens)


def turn(question: str, answer: str = "", *pictures: Picture, day: str = "2026-11-23", ts: str = "1.0") -> Turn:
    return Turn(date=day, said=(TurnMessage(ts, "Ana", question, pictures),), answer=answer)


def talk(*turns: Turn) -> Conversation:
    return Conversation(turns)
