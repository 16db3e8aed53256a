import random

import pytest

from bot.errors import AnswerRepeating
from bot.glm.stream.repeats import RepeatGuard


def feed(text: str, size: int = 4, *, is_code: bool = False) -> None:
    guard = RepeatGuard()
    for at in range(0, len(text), size):
        guard.feed(text[at : at + size], is_code=is_code)


SENTENCE = "The picture shows a house with a red door and two windows. "
PARAGRAPH = "".join(f"Sentence {number} says something of its own. " for number in range(30))


@pytest.mark.parametrize(
    "loop",
    [
        SENTENCE * 14,
        "An opening of its own. " + PARAGRAPH * 9,
        "Let me think. " * 80,
        "哈" * 800,
        "图片中有一座红色的房子和两扇窗户。" * 60,
        "| a row | of a table | that never | ends |\n" * 40,
        "\n" * 6000,
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_loop_is_stopped(loop: str, size: int) -> None:
    with pytest.raises(AnswerRepeating):
        feed(loop, size)


def test_a_loop_in_code_is_stopped_later() -> None:
    feed("<td class='empty'></td>\n" * 60, is_code=True)
    with pytest.raises(AnswerRepeating):
        feed("<td class='empty'></td>\n" * 400, is_code=True)


RANDOM = random.Random(7)


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE * 7,
        "| Name | Value |\n|---|---|\n" + "".join(f"| row {n} | {n * 3} |\n" for n in range(200)),
        "".join(f"- item number {n} of the list, much like the others\n" for n in range(200)),
        "-" * 400 + "\n" + "=" * 400,
        "|   |   |   |   |\n" * 30,
        "0, 0, 0, 0,\n" * 90,
        "- [ ] \n" * 100,
        " ".join(RANDOM.choice(["la", "le", "lu"]) for _ in range(3000)),
        "".join(f"    result[{n}] = compute(value[{n}])\n" for n in range(300)),
    ],
)
def test_honest_repetition_is_not(text: str) -> None:
    feed(text)
    feed(text, 100_000)
