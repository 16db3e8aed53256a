import pytest

from bench.script import CALL, answer
from bench.texts import (
    FIRST_WORD,
    LAST_WORD,
    answer_chunks,
    answer_text,
    chunks_asked,
    is_all_there,
    part_there,
    question,
)
from bot.glm.offline.reply import Reply
from bot.glm.offline.wire import frames
from bot.glm.stream.repeats import RepeatGuard


@pytest.mark.parametrize("chunks", [2, 10, 300, 4_000])
def test_the_model_cuts_an_answer_into_the_chunks_asked_for(chunks: int) -> None:
    contents = [frame for frame in frames(Reply(text=answer_text(chunks)), CALL) if b'"finish_reason"' not in frame]
    assert len(contents) - 1 == chunks  # the last is [DONE]
    assert len(answer_chunks(chunks)) == chunks


def test_every_word_is_another_one_and_the_marks_stand_at_the_ends() -> None:
    words = answer_text(4_000).replace(".", " ").split()
    assert len(words) == len(set(words))
    assert answer_text(300).startswith(FIRST_WORD)
    assert answer_text(300).endswith(LAST_WORD)
    assert answer_text(4_000).count(LAST_WORD) == 1
    RepeatGuard().feed(answer_text(4_000))


def test_the_latest_question_counts() -> None:
    assert chunks_asked(f"{question(300)} {question(40)}") == 40
    assert chunks_asked("hello") is None


@pytest.mark.parametrize("at_once", [True, False])
def test_the_model_answers_what_is_asked(*, at_once: bool) -> None:
    reply = answer({"messages": [{"role": "user", "content": question(40, at_once=at_once)}]})
    assert bool(reply.raw) == at_once
    assert reply.text == ("" if at_once else answer_text(40))


def test_what_is_missing_doubled_or_out_of_order_is_noticed() -> None:
    text = answer_text(60)
    middle = len(text) // 2
    assert is_all_there(f"Thinking…\n{text[:middle]}\n\n{text[middle:]}", 60)
    assert part_there(text, 60) == 1
    for damaged in (text[:-3], text[:middle] + text[middle + 2 :], text[middle:] + text[:middle]):
        assert not is_all_there(damaged, 60)
        assert part_there(damaged, 60) < 1
    assert part_there(text[:middle], 60) == pytest.approx(0.5, abs=0.05)
    assert part_there("", 60) == 0
