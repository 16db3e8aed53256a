"""Numbers of lists: what is printed before an item is what people refer to (“see clause 2”)."""

from lxml import etree  # type: ignore[import-untyped]

from bot.documents.office.shape_text import body_text
from bot.documents.read import read_document
from tests.documents.making import opendocument
from tests.documents.making_office import word


def lines(data: bytes) -> list[str]:
    return [line.strip() for line in read_document(data).pages[0].text.split("\n") if line.strip()]


def level(at: int, form: str, text: str, more: str = "") -> str:
    return (
        f"<w:lvl w:ilvl='{at}'><w:start w:val='1'/><w:numFmt w:val='{form}'/>{more}<w:lvlText w:val='{text}'/></w:lvl>"
    )


def listed(items: list[tuple[str, int, int]], levels: str, nums: str) -> bytes:
    """A Word file of (text, number id, level); `nums`: what each list says besides its definition."""
    body = "".join(
        f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{at}'/><w:numId w:val='{num}'/></w:numPr></w:pPr>"
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
        for text, num, at in items
    )
    numbering = (
        f"<w:numbering NAMESPACES><w:abstractNum w:abstractNumId='0'>{levels}</w:abstractNum>{nums}</w:numbering>"
    )
    return word(body, {"num": ("numbering", numbering)})


def num(number: int, more: str = "", definition: int = 0) -> str:
    return f"<w:num w:numId='{number}'><w:abstractNumId w:val='{definition}'/>{more}</w:num>"


RESTART = "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride>"


def test_a_list_that_starts_anew_takes_along_what_follows_it() -> None:
    items = [("a", 1, 0), ("b", 1, 0), ("c", 2, 0), ("d", 1, 0), ("e", 1, 0), ("f", 2, 0)]
    found = lines(listed(items, level(0, "decimal", "%1."), num(1) + num(2, RESTART)))
    assert found == ["1. a", "2. b", "1. c", "2. d", "3. e", "4. f"]


def test_levels_start_anew_but_where_the_file_says_they_go_on() -> None:
    items = [("a", 1, 0), ("b", 1, 1), ("c", 1, 0), ("d", 1, 1)]
    levels = level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2")
    assert lines(listed(items, levels, num(1))) == ["1. a", "1.1 b", "2. c", "2.1 d"]
    goes_on = level(0, "upperRoman", "%1.") + level(1, "decimal", "%1.%2", "<w:lvlRestart w:val='0'/><w:isLgl/>")
    assert lines(listed(items, goes_on, num(1))) == ["I. a", "1.1 b", "II. c", "2.2 d"]


def test_a_list_that_only_names_a_style_is_numbered_as_that_style() -> None:
    levels = f"{level(0, 'decimal', '(%1)')}<w:styleLink w:val='Clauses'/>"
    other = "<w:abstractNum w:abstractNumId='5'><w:numStyleLink w:val='Clauses'/></w:abstractNum>"
    found = lines(listed([("a", 3, 0), ("b", 1, 0)], levels, other + num(1) + num(3, definition=5)))
    assert found == ["(1) a", "(2) b"]


def test_a_list_without_marks_has_none() -> None:
    assert lines(listed([("a", 1, 0)], level(0, "none", ""), num(1))) == ["a"]


def odt(body: str, styles: str = "") -> bytes:
    list_style = (
        "<text:list-style style:name='L'><text:list-level-style-number text:level='1' style:num-format='1' "
        "style:num-suffix='.'/><text:list-level-style-number text:level='2' style:num-format='i' style:num-prefix='(' "
        "style:num-suffix=')'/><text:list-level-style-number text:level='3' style:num-format='1' "
        "text:display-levels='3'/></text:list-style>"
    )
    styled = f"<office:automatic-styles>{list_style}{styles}</office:automatic-styles>"
    return opendocument("text", f"{styled}<office:body><office:text>{body}</office:text></office:body>")


def item(text: str, inner: str = "", about: str = "") -> str:
    return f"<text:list-item {about}><text:p>{text}</text:p>{inner}</text:list-item>"


def test_lists_of_opendocument_begin_anew_or_go_on_as_they_say() -> None:
    def of(about: str, *items: str) -> str:
        return f"<text:list {about}>{''.join(items)}</text:list>"

    deep = of("", item("c", of("", item("d"))))
    body = (
        of("text:style-name='L' xml:id='one'", item("a"), item("b", deep))
        + of("text:style-name='L'", item("e"))
        + of("text:style-name='L' text:continue-numbering='true'", item("f"), item("g", about="text:start-value='9'"))
        + of("text:style-name='L' text:continue-list='one'", item("h"))
    )
    assert lines(odt(body)) == ["1. a", "2. b", "(i) c", "2.i.1 d", "1. e", "2. f", "9. g", "3. h"]


def test_an_item_of_several_paragraphs_has_one_mark() -> None:
    body = "<text:list text:style-name='L'><text:list-item><text:p>a</text:p><text:p>b</text:p></text:list-item>"
    body += "<text:list-header><text:p>c</text:p></text:list-header></text:list>"
    assert lines(odt(body)) == ["1. a", "b", "c"]


def test_numbered_headings_of_opendocument_have_their_number() -> None:
    outline = (
        "<text:outline-style><text:outline-level-style text:level='1' style:num-format='1' style:num-suffix='.'/>"
        "<text:outline-level-style text:level='2' style:num-format='1' text:display-levels='2'/></text:outline-style>"
    )
    body = "".join(
        f"<text:h text:outline-level='{at}'>{text}</text:h>" for at, text in ((1, "A"), (2, "B"), (1, "C"), (2, "D"))
    )
    body += "<text:list text:style-name='L'><text:list-item><text:h text:outline-level='1'>E</text:h></text:list-item>"
    assert lines(odt(f"{body}</text:list>", outline)) == ["# 1. A", "## 1.1 B", "# 2. C", "## 2.1 D", "# 1. E"]


def shape(*paragraphs: tuple[str, str], style: str = "") -> str:
    body = "".join(
        f"<a:p><a:pPr {about[1:].partition('<')[0]}>{about[about.find('<') :] if '<' in about else ''}</a:pPr>"
        f"<a:r><a:t>{text}</a:t></a:r></a:p>"
        for text, about in paragraphs
    )
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    return body_text(etree.fromstring(f"<x xmlns:a='{space}'>{style}{body}</x>"))


AUTO = "<a:buAutoNum type='{}'{}/>"


def test_numbers_on_slides_start_where_they_say_and_end_with_their_list() -> None:
    five = " " + AUTO.format("arabicParenR", " startAt='5'")
    roman = " " + AUTO.format("romanUcPeriod", "")
    deeper = " lvl='1'" + AUTO.format("alphaLcParenBoth", "")
    found = shape(
        ("a", five), ("b", five), ("c", deeper), ("d", deeper), ("e", five), ("f", roman), ("g", ""), ("h", roman)
    )
    assert found.split("\n") == ["5) a", "6) b", "  (a) c", "  (b) d", "7) e", "I. f", "g", "I. h"]
    bullet = " <a:buChar char='•'/>"
    none = " lvl='1'<a:buNone/>"
    assert shape(("a", bullet), ("b", " lvl='1'"), ("c", none)) == "- a\n  - b\n  c"
    styled = f"<a:lstStyle><a:lvl1pPr>{AUTO.format('ea1ChsPeriod', '')}</a:lvl1pPr></a:lstStyle>"
    assert shape(("a", ""), ("b", ""), ("c", bullet), style=styled) == "一. a\n二. b\n- c"


def test_bullets_that_are_boxes_say_whether_they_are_ticked() -> None:
    wingdings = "<w:rPr><w:rFonts w:ascii='Wingdings'/></w:rPr>"
    levels = level(0, "bullet", "☒") + level(1, "bullet", "\uf0a8", wingdings) + level(2, "bullet", "\uf0b7", wingdings)
    assert lines(listed([("a", 1, 0), ("b", 1, 1), ("c", 1, 2)], levels, num(1))) == ["- ☒ a", "- ☐ b", "- c"]
    bullet = "<a:p><a:pPr><a:buFont typeface='Wingdings'/><a:buChar char='{}'/></a:pPr><a:r><a:t>x</a:t></a:r></a:p>"
    body = f"<p:txBody xmlns:p='p' xmlns:a='a'>{bullet.format(chr(0xFE))}{bullet.format('n')}</p:txBody>"
    assert body_text(etree.fromstring(body)) == "- ☑ x\n- x"
    style = "<text:list-style style:name='L'><text:list-level-style-bullet text:level='1' text:bullet-char='✔'/>"
    listing = "<text:list text:style-name='L'><text:list-item><text:p>done</text:p></text:list-item></text:list>"
    content = f"<office:automatic-styles>{style}</text:list-style></office:automatic-styles>"
    content += f"<office:body><office:text>{listing}</office:text></office:body>"
    assert lines(opendocument("text", content)) == ["- ✔ done"]
