"""Every text for people, in every language there is a file for: none missing, none left over, none malformed."""

import importlib
import pkgutil
import re
import string
from collections.abc import Mapping

import pytest

import bot
import handlers
from bot import words
from bot.slack.read.summaries.command_help import HELP, NOT_UNDERSTOOD
from bot.slack.read.summaries.command_links import read_words
from bot.words import REGISTERED, fill, in_a_row, languages, made_of, retell, say, text

# What stands between marks is typed as it is, so it is the same in every language …
LITERAL = "`"
# … except what the bot understands in that language too.
SPOKEN = {
    "zh": {
        *("`@glm what is wrong here?`", "`stay quiet`", "`stop`"),
        # What is understood in Chinese, too.
        *("`today`", "`yesterday`", "`this week`", "`last week`", "`last 50`", "`last five`"),
        *("`since I was last here`", "`#channel yesterday`", "`what was decided about the budget?`"),
        *("`/summarize help`", "`/summarize today`"),
    }
}


def import_everything() -> int:
    """The texts are known once the modules that hold them are imported; the number of modules."""
    found = [
        module.name
        for package in (bot, handlers)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not module.name.endswith("__main__")
    ]
    for name in found:
        importlib.import_module(name)
    return len(found)


assert import_everything() > 100
LANGUAGES = languages()
assert LANGUAGES == ("zh",), "parts of a language's file are no languages"


def table(code: str) -> Mapping[str, str]:
    found: Mapping[str, str] = importlib.import_module(f"bot.words.{code}").WORDS
    return found


def fields(template: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def literals(template: str) -> set[str]:
    return {f"`{piece}`" for piece in template.split(LITERAL)[1::2]}


@pytest.fixture(params=LANGUAGES)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_no_text_is_missing(code: str) -> None:
    assert [english for english in REGISTERED if english not in table(code)] == []


def test_no_translation_is_left_over(code: str) -> None:
    assert [english for english in table(code) if english not in REGISTERED] == []


def test_placeholders_stay(code: str) -> None:
    wrong = [english for english, told in table(code).items() if fields(told) != fields(english)]
    assert wrong == []


def test_what_is_typed_as_it_is_stays(code: str) -> None:
    spoken = SPOKEN.get(code, set())
    wrong = [english for english, told in table(code).items() if literals(english) - spoken - literals(told)]
    assert wrong == []


def test_what_stands_for_typed_words_is_understood() -> None:
    """Each line of the Chinese help of `/summarize`, and what its refusals name."""
    shown = [piece for told in (table("zh")[HELP], table("zh")[NOT_UNDERSTOOD]) for piece in literals(told)]
    typed = [piece.strip("`").removeprefix("/summarize").strip() for piece in shown]
    lines = [line for line in typed if line and "{" not in line]
    assert len(lines) > 8
    for line in lines:
        read_words(line.replace("#channel", "<#C1|channel>"))


def test_it_speaks_with_one_voice() -> None:
    """As people say it: “I'm”, not sometimes “I am”."""
    assert [english for english in REGISTERED if re.search(r"\bI (am|will|have) [a-z]", english)] == []


def test_sentences_stand_in_a_row_as_in_their_language() -> None:
    assert in_a_row("Did you mean `x`?", "", "It is `y`.") == "Did you mean `x`? It is `y`."
    assert in_a_row("你是想输入 `x` 吗？", "现在是 `y`。", "好") == "你是想输入 `x` 吗？现在是 `y`。好"
    assert in_a_row() == ""


def test_nothing_is_left_in_english(code: str) -> None:
    assert [english for english, told in table(code).items() if told.strip() in {"", english}] == []


def test_marks_of_markup_and_lines_stay(code: str) -> None:
    """A list stays a list, and what is bold has its end."""
    for english, told in table(code).items():
        assert told.count("\n") == english.count("\n"), english
        assert told.count("*") == english.count("*"), english
        assert told.count("`") % 2 == 0, english


HALF_WIDTH = re.compile(r"[(),;]|(?<=[\u3000-\u9fff]) ?[:?!.]|[:?!](?=[\u3000-\u9fff])")
AS_TYPED = re.compile(r"`[^`]*`|\{\w+\}|<[^>]*>")


def test_chinese_has_full_width_brackets_and_commas_everywhere() -> None:
    wrong = [told for told in table("zh").values() if HALF_WIDTH.search(AS_TYPED.sub("", told))]
    assert wrong == []


@pytest.mark.parametrize(
    "told",
    [
        say("1 place on the page changed ({percent} %).", percent=1),
        say("Undone. Version {new} is the same as version {version}.", new=3, version=1),
        "Done, I've forgotten this thread. We start afresh.",
        "This thread is long: I keep only a summary of its beginning.",
    ],
)
def test_short_friendly_words(told: str) -> None:
    """As a colleague says them, and in Chinese too."""
    assert retell(told, "zh") != told


@pytest.mark.parametrize("language", ["zh", "zh-CN", "ZH-Hans"])
def test_a_text_is_said_in_the_reader_s_language(language: str) -> None:
    assert say("is looking at {count} files…", language, count=3) == "正在查看 3 个文件…"
    assert say("Stopped.", language) == "已停止。"


@pytest.mark.parametrize("language", ["en", "en-GB", "fr-FR", "xx", "", "../zh", "zh.py"])
def test_english_is_said_where_there_is_no_other(language: str) -> None:
    assert say("is looking at {count} files…", language, count=3) == "is looking at 3 files…"


def test_what_was_never_marked_is_said_as_it_is() -> None:
    assert say("Their own {words}.", "zh") == "Their own {words}."


def test_marking_changes_nothing_but_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, None] = {}
    monkeypatch.setattr(words, "REGISTERED", known)
    assert text("Hello {name}.") == "Hello {name}."
    assert list(known) == ["Hello {name}."]


def test_the_words_the_bot_tells_people_to_say_are_understood() -> None:
    """The help names them, so the policy has to know them."""
    from bot.core.intake.policy import QUIET_WORDS, STOP_WORDS  # noqa: PLC0415

    help_text = next(told for english, told in table("zh").items() if english.startswith("*What I can do*"))
    assert {"`安静`", "`停止`"} <= literals(help_text)
    assert QUIET_WORDS.match("安静")
    assert STOP_WORDS.match("停止")


READ_PART = "only its first {read} of {count} pages were read"
NOTHING_INSIDE = "{name}, which has nothing inside that I can read"


def test_a_filled_sentence_is_english_until_it_is_said_to_somebody() -> None:
    told = fill(READ_PART, read=40, count=212)
    assert told == "only its first 40 of 212 pages were read"
    assert (say(told), say(told, "fr")) == (told, told)
    assert say(told, "zh") == "共 212 页，只读了前 40 页"


def test_a_filled_sentence_can_be_taken_apart_and_put_together() -> None:
    told = fill(NOTHING_INSIDE, name=fill("{kind}", kind="a web page"))
    template, fields = made_of(told)
    assert (template, fields) == (NOTHING_INSIDE, {"name": "a web page"})
    assert {type(value) for value in fields.values()} == {str}, "plain values can be sent anywhere"
    assert fill(template, **fields) == told
    assert made_of("plain") == ("plain", {})


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("text formatted as hidden is left out", "设为隐藏的文字没有读"),
        ("only its first 40 of 212 pages were read", "共 212 页，只读了前 40 页"),
        (
            "pages 3–5, 9 could not be read: they are damaged, or take more time or memory than I have",
            "第 3–5、9 页无法读取：已损坏，或需要的时间或内存太多",
        ),
        ("a web page, which has nothing inside that I can read", "这是网页，里面没有我能读的内容"),
        ("plan.docx: text formatted as hidden is left out", "plan.docx: 设为隐藏的文字没有读"),
        (
            "a.zip: b.pdf: page 7 could not be read: it is damaged, or takes more time or memory than I have",
            "a.zip: b.pdf: 第 7 页无法读取：已损坏，或需要的时间或内存太多",
        ),
        ("what nobody has marked", "what nobody has marked"),
        ("", ""),
    ],
)
def test_a_sentence_that_was_kept_is_told_again_in_another_language(english: str, chinese: str) -> None:
    assert retell(english, "zh-CN") == chinese
    assert retell(english, "en") == retell(english, "fr") == english


def test_what_is_far_too_long_for_a_sentence_is_left_alone() -> None:
    told = fill(READ_PART, read="1" * 600, count=2)
    assert retell(str(told), "zh") == told
