import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.webpages.filter import PageFilter, changed_lines, recover

PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head><title>Café</title></head>\n<body>\n<p class="a">`hi` "you"</p>\n'
    "<script>const a = [1, 2, 30, 40];</script>\n</body>\n</html>"
)
OTHER = "<html><body>Second</body></html>"
ESCAPED = PAGE.replace('"', '\\"').replace("\n", "\\n").replace("é", "\\u00e9")
BEGIN, END = "<|begin_of_box|>", "<|end_of_box|>"


def split(text: str, size: int = 0) -> tuple[str, PageFilter]:
    pages = PageFilter()
    size = size or max(1, len(text))
    shown = "".join(pages.feed(text[at : at + size]) for at in range(0, len(text), size))
    return shown + pages.end(), pages


WITH_PAGE = [
    (f"Here:\n\n{PAGE}\n\nDone.", "Here:\n\nDone."),
    (f"Here: {PAGE} Done.", "Here: \n\nDone."),
    (f"Here:\n```html\n{PAGE}\n```\nDone.", "Here:\n\nDone."),
    (f"```HTML index.html\r\n{PAGE}\n```\r\n\r\nDone.", "Done."),
    (f"```\n{PAGE}\n```", ""),
    (f"~~~~html\n\n{PAGE}\n~~~~\n", ""),
    (f"Here:\n```html\n{PAGE}\n\nNever closed.", "Here:\n\nNever closed."),
    (f"```html\n{PAGE}\n\n```css\na {{}}\n```\n", "```css\na {}\n```\n"),
    (f"```html\n<!-- one -->\n{PAGE}\n<!-- two -->\n```\nDone.", "Done."),
    (f"{BEGIN}```html\n{PAGE}\n```{END}\nDone.", f"{BEGIN}{END}Done."),
    (f"So: {BEGIN}{PAGE}{END}", f"So: {BEGIN}{END}"),
    (ESCAPED, ""),
    (f'"{ESCAPED}"', ""),
    (f"Here: {ESCAPED}\\n Done.", "Here: \n\nDone."),
    (f"Here:\n```html\n{ESCAPED}\n```\nDone.", "Here:\n\nDone."),
    (f"Old:\n```html\n{OTHER}\n```\nNew:\n{PAGE}\nDone.", "Old:\n\nNew:\n\nDone."),
    (f"```html\n{PAGE}\n``", ""),
]


@pytest.mark.parametrize(("text", "shown"), WITH_PAGE)
def test_a_whole_page_is_kept_and_the_rest_shown_in_every_cut(text: str, shown: str) -> None:
    for size in range(1, len(text) + 1):
        rest, pages = split(text, size)
        assert (rest, pages.html, pages.is_cut) == (shown, PAGE, False)


@pytest.mark.parametrize(("text", "_shown"), WITH_PAGE)
def test_no_part_of_a_page_is_shown(text: str, _shown: str) -> None:
    pages = PageFilter()
    pieces = [pages.feed(letter) for letter in text]
    assert not [piece for piece in pieces if "<" in piece.replace(BEGIN, "").replace(END, "")]
    assert pages.has_page


@pytest.mark.parametrize(
    "text",
    [
        "```html\n<div>x</div>\n```\nok",
        "```\n<ul>\n</ul>\n```",
        "<div>raw</div> and a <b>bold</b> word",
        "the tag `<html>` and `<!doctype html><html>` stay",
        "``<html><head>`` stays",
        "<html> is the root element. <html",
        "put it into <html><body> first",
        "an <html lang> tag, <htmlx>, <!doctype> and <!doctype svg>",
        f"```php\n{PAGE}\n```\nx",
        '"quoted" and "<b>" and "<html> is"',
        "a < b > c, ```code```, ~~gone~~ and a lone `",
        "```htm",
        "```html\n<!-- only a comment",
        "<!doc",
    ],
)
def test_incomplete_html_stays_in_every_cut(text: str) -> None:
    for size in range(1, len(text) + 1):
        rest, pages = split(text, size)
        assert (rest, pages.html) == (text, "")
        assert not pages.has_page


@pytest.mark.parametrize("before", ["", "```html\n", "Here:\n"])
@pytest.mark.parametrize("length", [50, 90, len(PAGE) - 3])
def test_a_page_that_breaks_off_is_kept_as_far_as_it_came(before: str, length: int) -> None:
    for size in (1, 3, 7, 500):
        rest, pages = split(before + PAGE[:length], size)
        assert (rest, pages.html, pages.is_cut) == (before.replace("```html\n", ""), PAGE[:length].strip(), True)


def test_a_page_without_a_closing_tag_ends_with_its_fence() -> None:
    page = PAGE.removesuffix("\n</html>")
    for size in range(1, 40):
        rest, pages = split(f"```html\n{page}\n```\nDone.", size)
        assert (rest, pages.html, pages.is_cut) == ("Done.", page, False)


@pytest.mark.parametrize("script", ["w('<html></html>')", 'w("</html>");', "w(`<html>\n</html>\n`)", 'w("a\\nb")'])
@pytest.mark.parametrize("before", ["", "```html\n"])
def test_a_script_that_writes_a_page_does_not_end_it(script: str, before: str) -> None:
    page = PAGE.replace("const a = [1, 2, 30, 40];", script)
    text = f"{before}{page}{before and chr(10) + '```'}\nDone."
    for size in range(1, len(text) + 1):
        rest, pages = split(text, size)
        assert (rest, pages.html) == ("Done.", page)


def test_a_page_in_one_line_keeps_its_own_escapes() -> None:
    page = '<!doctype html><html><head></head><body><script>alert("a\\nb")</script></body></html>'
    assert recover(f"```html\n{page}\n```") == page
    assert recover("no page") == ""


def test_escapes_within_escapes_and_pairs_are_undone_once() -> None:
    escaped = r"<!DOCTYPE html>\n<html>\n<body title=\"\ud83d\ude00\">\n<script>a = \"x\\ny\"<\/script>\n<\/html>"
    assert recover(escaped) == ('<!DOCTYPE html>\n<html>\n<body title="😀">\n<script>a = "x\\ny"</script>\n</html>')


def test_changed_lines_tell_what_changed() -> None:
    new = PAGE.replace("Café", "Bar")
    assert changed_lines(PAGE, new).splitlines() == [
        "@@ -3,3 +3,3 @@",
        "   <head>",
        "-    <title>Café</title>",
        "+    <title>Bar</title>",
        "   </head>",
    ]
    assert changed_lines(PAGE, PAGE) == ""


def test_a_long_change_is_counted() -> None:
    old, new = "\n".join(map(str, range(90))), "\n".join(["x" * 500, *map(str, range(100, 160))])
    lines = changed_lines(old, new, most=10).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "… +61 −81"
    assert max(map(len, changed_lines(old, new, most=400).splitlines())) <= 200


WORDS = st.sampled_from(
    [
        *(
            "<!doctype html>",
            "<!DOCTYPE ",
            "html",
            "<html>",
            '<html lang=\\"en\\">',
            "</html>",
            "</html",
            ">",
            "<",
            "<body>",
        ),
        *("\n", "\\n", "\r\n", "`", "``", "```", "```html\n", "~~~", " ", "a", '"', "'", "<!--", "-->"),
        *(BEGIN, END, PAGE, OTHER),
    ]
)


@given(st.lists(WORDS, max_size=20), st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_any_cut_gives_the_same(words: list[str], sizes: list[int]) -> None:
    text = "".join(words)
    whole, pages = split(text)
    cut, at, turn, shown = PageFilter(), 0, 0, ""
    while at < len(text):
        size = sizes[turn % len(sizes)]
        shown += cut.feed(text[at : at + size])
        at, turn = at + size, turn + 1
    assert (shown + cut.end(), cut.html, cut.is_cut) == (whole, pages.html, pages.is_cut)


@given(st.text(alphabet=st.characters(exclude_characters='<`~"')))
def test_text_without_tags_is_untouched(text: str) -> None:
    assert split(text, 2)[0] == text
