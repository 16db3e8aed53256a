"""`html_lines` writes one element on each line, whatever the HTML looks like."""

from bot.core.webpages.filter import changed_lines
from bot.core.webpages.lines import html_lines

PAGE = (
    "<!doctype html><html lang=en><head><style>body{color:red}h1{margin:0}</style></head>"
    '<body><div class="a"\n id="b"><h1>Hi <b>you</b></h1><p>1<br>2 &amp; 3</p><input type="text"></div></body></html>'
)


def test_a_page_in_one_line_gets_a_line_for_each_element() -> None:
    assert html_lines(PAGE) == [
        "<!doctype html>",
        "<html lang=en>",
        "  <head>",
        "    <style>body{color:red}",
        "      h1{margin:0}",
        "    </style>",
        "  </head>",
        "  <body>",
        '    <div class="a" id="b">',
        "      <h1>Hi <b>you</b></h1>",
        "      <p>1<br>2 &amp; 3</p>",
        '      <input type="text">',
        "    </div>",
        "  </body>",
        "</html>",
    ]


def test_a_change_in_a_page_of_one_line_is_one_line() -> None:
    changed = changed_lines(PAGE, PAGE.replace("you", "all")).splitlines()
    assert [line for line in changed if line[0] in "+-"] == [
        "-      <h1>Hi <b>you</b></h1>",
        "+      <h1>Hi <b>all</b></h1>",
    ]


def test_another_layout_of_the_same_html_is_no_change() -> None:
    assert changed_lines(PAGE, "\n".join(html_lines(PAGE))) == ""


def test_what_is_broken_or_no_html_still_comes_out() -> None:
    assert html_lines("one\n\n two") == ["one", "two"]
    assert html_lines("<p>one<div></p></section>two") == ["<p>one", "  <div>", "</p>", "</section>", "two"]
    assert html_lines("<" * 50) == ["<" * 50]
