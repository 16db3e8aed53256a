"""The model's Markdown as Slack shows it: each kind of thing, live and whole."""

import pytest

from bot.playground.rules.tables import check_data_table
from bot.slack.markdown.render import Piece, PlacedPicture, Prose, Renderer, Table


def rendered(text: str) -> str:
    renderer = Renderer()
    pieces = [*renderer.feed(text), *renderer.finish()]
    assert all(isinstance(piece, Prose) for piece in pieces)
    return "".join(piece.markdown for piece in pieces if isinstance(piece, Prose))


def live(text: str) -> str:
    """What is on the screen while more may come."""
    return "".join(piece.markdown for piece in Renderer().feed(text) if isinstance(piece, Prose))


def all_of(text: str, *, pictures: bool = False) -> list[Piece]:
    renderer = Renderer(pictures=pictures)
    return [*renderer.feed(text), *renderer.finish()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> <@U1|ana> <@W9> <!subteam^S1|@team> <!everyone>", "@channel @ana @W9 @team @everyone"),
        ("<!CHANNEL> <!Here|x> <!DOCTYPE>", "@CHANNEL x <!DOCTYPE>"),
        ("|a|\n|---|\n|<@U1|Ana>|", "| a |  |\n| --- | --- |\n| <\u2060@U1 | Ana> |\n"),
        ("<!date^13^{date} at {time}|today> `<!here>`", "today `@here`"),
        ("<@U1|Ana Maria>", "@Ana Maria"),
        ("<https://x.y|a b> <#C1|general> <https://x.y>", "[a b](https://x.y) #general <https://x.y>"),
        ("<!DOCTYPE html><!-- x --> a<b List<T> <@x", "<!DOCTYPE html><!-- x --> a<b List<T> <@x"),
        ("![a](https://e.x/?d=1) ![](https://e.x/p.png)", "[a](https://e.x/?d=1) https://e.x/p.png"),
        ("![a](img_3) ![](report.pdf#7)", "a report.pdf#7"),
        ("![a](data:image/png;base64,xx)", "a"),
        ("![a][r] wow![1] wow!", "[a][r] wow!\u2060[1] wow!"),
        ("[x](javascript:alert(1)) [y](JAVA&#115;cript:z)", "[x] (javascript:alert(1)) [y] (JAVA&#115;cript:z)"),
        ("[x](data:text/html,hi) <javascript:alert(1)>", "[x] (data:text/html,hi) javascript:alert(1)"),
        ("[r]: javascript:x\n[s]: https://x", "[r]\u2060: javascript:x\n[s]: https://x"),
        ("[ok](https://a.b/c_(d)$x$) [l](report.pdf#7)", "[ok](https://a.b/c_(d)$x$) [l](report.pdf#7)"),
        ("x<br>y<br/>\nz <b>b</b> H<sub>2</sub>O x<sup>10</sup>", "x\ny\nz **b** H₂O x¹⁰"),
        ("<details><summary>S</summary>t</details>", "**S**\nt"),
        ("- [x] done\n- [ ] open\n\n## Head", "- [x] done\n- [ ] open\n\n## Head"),
    ],
)
def test_the_model_s_markdown_becomes_slack_s(text: str, shown: str) -> None:
    assert rendered(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6.",
        "US$7-$8, $5/$10, **$5**-**$6**, $20, which is $3 less",
        "between $HOME and $PATH; echo $A/$B",
        "价格是$5，比$6便宜",
        "rated $$ or $$$",
        "a `$x^2$` b",
    ],
)
def test_money_and_shells_are_no_formulas(text: str) -> None:
    assert rendered(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"so $x^2$, $n$ and $\alpha$.", "so x², n and α."),
        (r"\(a \leq b\) and \[ \frac{a+b}{c} \]", "a ≤ b and (a + b)/c"),
        ("$$\na = b\n$$", "a = b"),
        (r"\begin{align} a &= b \\ c &= d \end{align}", "a = b\nc = d"),
        (r"$\foo{x}$ and \(\bar{\)", r"`$\foo{x}$` and `\(\bar{\)`"),
        (r"open \(a + b", r"open \(a + b"),
        (r"$5 \times 3$ costs \$5", "5 × 3 costs $5"),
    ],
)
def test_formulas(text: str, shown: str) -> None:
    assert rendered(text) == shown


@pytest.mark.parametrize(
    "code",
    [
        "```python\n| a | b |\n|---|---|\n$x^2$ ![a](https://b) [^1] <br>\n```\n",
        "````md\n```\n$x$\n```\n````\n",
        "~~~\n```\n$x$\n~~~\n",
        "> ```\n> $x$\n> ```\n",
        "1. a\n   ```js\n   $x$\n   ```\n",
        "- ```\n  $x$\n  ```\n",
        "```\n$x$ never closed",
    ],
)
def test_code_stays_as_it_is(code: str) -> None:
    assert rendered(code + "after") == code + "after"


def test_after_a_fence_text_is_text_again() -> None:
    assert rendered("```\n<!here>\n```\n$x^2$") == "```\n@here\n```\nx²"
    assert rendered("> ```\n> $x$\n\n$x^2$") == "> ```\n> $x$\n\nx²"


def test_footnotes_come_at_the_end_as_a_list() -> None:
    text = "One[^1], two[^b].\n\n[^1]: First\n  more\n[^b]: Second\n\nEnd"
    assert rendered(text) == "One[1], two[b].\n\n\nEnd\n\n- [1] First more\n- [b] Second"


def test_a_small_table_stays_and_slack_takes_nothing_else_into_it() -> None:
    text = "Intro\n| a | b |\n|---|---|\n| 1 | 2 |\nAfter"
    assert rendered(text) == "Intro\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nAfter"


def test_a_line_with_pipes_is_no_table_by_itself() -> None:
    assert rendered("| a | b |\nwords\n|x| = 3") == "| a | b |\nwords\n|x| = 3"


@pytest.mark.parametrize(
    ("intro", "caption"),
    [("## Sales\n\n", "Sales"), ("## S\n\nAll **open** items:\n\n", "All open items"), ("", "Table")],
)
def test_a_long_table_is_a_block_with_a_caption(intro: str, caption: str) -> None:
    text = intro + "| n | v |\n|---|---|\n" + "".join(f"| r{n} | {n} |\n" for n in range(40)) + "End"
    *_, table, end = all_of(text)
    assert isinstance(table, Table)
    check_data_table(table.block)
    assert table.block["caption"] == caption
    assert table.csv.count("\r\n") == 41
    assert table.markdown.count("\n") == 42
    assert end == Prose("\nEnd" if not intro else "End") or isinstance(end, Prose)


def test_every_wide_table_has_a_title_of_its_own_and_its_numbers_to_the_right() -> None:
    head = "| " + " | ".join(f"c{n}" for n in range(12)) + " |\n" + "|---" * 12 + "|\n"
    rows = ("| Ann | 1,250 | -3.5 | 12 % | € 7 | n/a |" + " 1 |" * 6 + "\n") * 2
    text = f"## Sales\n\n{head}{rows}\nAnd last year:\n\n{head}{rows}\nOnce more.\n\n{head}{rows}"
    tables = [piece for piece in all_of(text) if isinstance(piece, Table)]
    assert [table.block["caption"] for table in tables] == ["Sales", "And last year", "Sales (2)"]
    for table in tables:
        check_data_table(table.block)
        first = table.block["rows"][1]
        assert [cell["type"] == "raw_number" for cell in first[:6]] == [False, True, True, True, True, False]
        assert [(cell["value"], cell["text"]) for cell in first[1:5]] == [
            (1250, "1,250"),
            (-3.5, "-3.5"),
            (12, "12 %"),
            (7, "€ 7"),
        ]
        assert table.csv.startswith("c0,c1,")


def test_an_endless_table_comes_in_parts_and_loses_no_row() -> None:
    text = "| n |\n|---|\n" + "".join(f"| r{n} |\n" for n in range(900))
    tables = [piece for piece in all_of(text) if isinstance(piece, Table)]
    assert [table.markdown.count("r") for table in tables] == [400, 400, 100]
    assert [table.csv.count("r") for table in tables] == [400, 400, 100]
    for table in tables:
        check_data_table(table.block)


def test_pictures_are_pieces_when_asked_for() -> None:
    assert all_of("a ![p](img_3) b ![](zoom_1)![r](https://x/y)", pictures=True) == [
        Prose("a "),
        PlacedPicture("img_3", "p"),
        Prose(" b "),
        PlacedPicture("zoom_1", ""),
        Prose("[r](https://x/y)"),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello wor", "Hello wor"),
        ("a <", "a "),
        ("a <@U1", "a "),
        ("a < b", "a < b"),
        ("see ![al", "see "),
        ("so $x^", "so "),
        ("It costs $5 an", "It costs $5 an"),
        ("| a | b", ""),
        ("| a |\nNo", "| a |\nNo"),
        ("**bo", "**bo"),
        ("[link](https://x", "[link"),
        ("[link", "[link"),
        ("```py\nx = 1", "```py\nx = 1"),
        ("wow[^", "wow"),
        ("<@U1|" + "x" * 400, "<\u2060@U1|" + "x" * 400),
        ("<@" + "U" * 90, "<\u2060@" + "U" * 90),
    ],
)
def test_only_what_may_still_change_is_held_back(text: str, shown: str) -> None:
    assert live(text) == shown
