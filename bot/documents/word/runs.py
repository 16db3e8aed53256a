"""Converts the content of a Word paragraph's lines: text, links, breaks, equations, pictures, notes and comments."""

from collections.abc import Callable
from dataclasses import replace
from string import hexdigits

from bot.documents.office.graphics import graphic_text, picture_id
from bot.documents.office.omml import latex
from bot.documents.office.symbols import symbol, with_symbols
from bot.documents.pages.emphasis import PLAIN, emphasised
from bot.documents.pages.links import closed, field_address, joined, linked, opened
from bot.documents.pages.notices import DELETED_TEXT, HIDDEN_TEXT
from bot.documents.word.story import PAGE_BREAK, Story
from bot.documents.xml.markup import Element, all_text, attribute, child, children, descendants, name

_SKIPPED = {"delText", "delInstrText", "rPr", "pPr", "annotationRef", "footnoteRef", "endnoteRef"}
_LINE = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "softHyphen": ""}
_MOST_DEPTH = 60


class Runs:
    """Reads the runs of one paragraph after another, and keeps the state of fields that span several runs."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._page = story.page
        self._letters = PLAIN
        self._font = ""
        self._fields: list[str] = []  # the instructions of the open fields, the innermost last
        self._special: dict[str, Callable[[Element, int], str]] = {
            "t": self._text,
            "br": self._break,
            "lastRenderedPageBreak": self._rendered_break,
            "hyperlink": self._link,
            "fldSimple": self._simple_field,
            "fldChar": self._field_sign,
            "instrText": self._instruction,
            "oMath": self._equation,
            "oMathPara": self._equation,
            "sym": self._symbol,
            "symEx": self._symbol,
            "drawing": self._drawing,
            "pict": self._old_drawing,
            "object": self._old_drawing,
            "footnoteReference": self._footnote,
            "endnoteReference": self._footnote,
            "commentRangeStart": self._comment_begins,
            "commentReference": self._comment,
            "AlternateContent": self._alternative,
            "ruby": self._ruby,
            "del": self._deleted,
            "moveFrom": self._deleted,
            "r": self._run,
        }

    def paragraph(self, element: Element) -> str:
        """Return the text of a paragraph."""
        return joined(self.text(element))

    def text(self, element: Element, depth: int = 0) -> str:
        if depth > _MOST_DEPTH:
            return ""
        return "".join(self._element_text(inner, depth + 1) for inner in element)

    def _element_text(self, element: Element, depth: int) -> str:
        kind = name(element)
        special = self._special.get(kind)
        if special:
            return special(element, depth)
        if kind in _LINE:
            return self._record_text(_LINE[kind])
        return "" if kind in _SKIPPED else self.text(element, depth)

    def _record_text(self, text: str) -> str:
        """Return the text, after adding it to the quotes of the open comments."""
        if text.strip():
            self._page.has_text = True
        for anchor in self._page.open_comments.values():
            anchor.append(text)
        return text

    def _run(self, element: Element, depth: int) -> str:
        hidden = child(element, "rPr", "vanish")
        if hidden is not None and attribute(hidden, "val", "1") not in {"0", "false", "off"}:
            if any(all_text(part).strip() for part in children(element, "t")):
                self._story.place.draft.note(HIDDEN_TEXT)
            return ""
        before, self._letters = self._letters, self._story.styles.letters(element)
        fonts = child(element, "rPr", "rFonts")
        self._font = "" if fonts is None else attribute(fonts, "ascii")
        text = self.text(element, depth)
        self._letters, self._font = before, ""
        return text

    def _text(self, element: Element, _depth: int) -> str:
        return emphasised(self._record_text(with_symbols(element.text or "", self._font)), self._letters)

    def _break(self, element: Element, _depth: int) -> str:
        return self._story.page_end() if attribute(element, "type") == "page" else self._record_text("\n")

    def _rendered_break(self, _element: Element, _depth: int) -> str:
        """Handle Word's mark for the place where a page ended. Word writes it after each explicit break too."""
        return self._story.page_end() if self._page.has_text else ""

    def _link(self, element: Element, depth: int) -> str:
        text = self.text(element, depth)
        relation = self._story.place.relations.get(attribute(element, "id"))
        address = relation.target if relation is not None and relation.is_external else ""
        return text if PAGE_BREAK in text else linked(text, address)

    def _simple_field(self, element: Element, depth: int) -> str:
        return linked(self.text(element, depth), field_address(attribute(element, "instr")))

    def _field_sign(self, element: Element, _depth: int) -> str:
        """Handle a field, which consists of runs: a begin, its instruction, a separator, its text and an end."""
        match attribute(element, "fldCharType"):
            case "begin":
                self._fields.append("")
            case "separate" if self._fields and (address := field_address(self._fields[-1])):
                return opened(address)
            case "end" if self._fields and field_address(self._fields.pop()):
                return closed()
        return ""

    def _instruction(self, element: Element, _depth: int) -> str:
        if self._fields:
            self._fields[-1] += element.text or ""
        return ""

    def _equation(self, element: Element, _depth: int) -> str:
        if name(element) == "oMathPara":
            inner = [latex(formula) for formula in children(element, "oMath")]
            return self._record_text("".join(f"\n$${formula}$$\n" for formula in inner if formula))
        found = latex(element)
        return self._record_text(f"${found}$") if found else ""

    def _symbol(self, element: Element, _depth: int) -> str:
        """Return a symbol by its number. Office also writes emoji as `symEx`, beside their letters."""
        code = attribute(element, "char")
        number = int(code, 16) if code and len(code) < 7 and all(digit in hexdigits for digit in code) else 0
        return self._record_text(symbol(number, attribute(element, "font")))

    def _drawing(self, element: Element, _depth: int) -> str:
        """Handle a drawing. Charts, diagrams and text boxes follow their paragraph; a picture's number stands in the
        line.
        """
        place = replace(self._story.place, where=f"p. {self._page.number}" if self._page.number > 1 else "")
        properties = next(iter(descendants(element, "docPr")), None)
        alt = (attribute(properties, "descr") or attribute(properties, "title")) if properties is not None else ""
        self._boxes(element)
        for data in descendants(element, "graphicData"):
            text = graphic_text(data, place)
            if text:
                self._page.boxes.append(text)
        marks = [place.picture(picture_id(blip), alt) for blip in descendants(element, "blip")]
        return self._record_text(" ".join(dict.fromkeys(mark for mark in marks if mark)))

    def _old_drawing(self, element: Element, _depth: int) -> str:
        self._boxes(element)
        self._page.boxes += [
            attribute(part, "string") for part in descendants(element, "textpath") if attribute(part, "string")
        ]
        marks = [
            self._story.place.picture(attribute(part, "id") or attribute(part, "pict"), attribute(part, "title"))
            for part in descendants(element, "imagedata")
        ]
        return self._record_text(" ".join(mark for mark in marks if mark))

    def _boxes(self, element: Element) -> None:
        """Collect the text boxes. A box inside another one is a part of the outer one."""
        for box in descendants(element, "txbxContent"):
            outer = next((ancestor for ancestor in box.iterancestors("{*}txbxContent", "{*}drawing", "{*}pict")), None)
            if outer is not None and outer is not element and name(outer) == "txbxContent":
                continue
            state, self._page.boxes = self._page.boxes, []
            self._page.tables += 1  # no page ends inside
            blocks = self._story.blocks(box)
            self._page.tables -= 1
            self._page.boxes = state + self._page.boxes
            if blocks:
                self._page.boxes.append("\n\n".join(blocks))

    def _footnote(self, element: Element, _depth: int) -> str:
        kind = "footnotes" if name(element) == "footnoteReference" else "endnotes"
        note_id = attribute(element, "id")
        text = self._story.note_text(kind, note_id)
        if text is None:
            return ""
        is_own = attribute(element, "customMarkFollows", "0") not in {"0", "false", "off"}
        mark = f"[^{self._story.notes.mark(kind, note_id, is_own=is_own)}]"
        self._page.notes.append(f"{mark}: {text}")
        return mark

    def _comment_begins(self, element: Element, _depth: int) -> str:
        self._page.open_comments[attribute(element, "id")] = []
        return ""

    def _comment(self, element: Element, _depth: int) -> str:
        comment_id = attribute(element, "id")
        anchor = " ".join("".join(self._page.open_comments.pop(comment_id, [])).split())
        text = self._story.note_text("comments", comment_id)
        if text is None:
            return ""
        author = attribute(self._story.notes.by_kind["comments"][comment_id], "author") or "somebody"
        place = f" on “{anchor[:200]}”" if anchor else ""
        self._page.notes.append(f"> Comment by {author}{place}: {text}")
        return ""

    def _alternative(self, element: Element, depth: int) -> str:
        choice = child(element, "Choice")
        chosen = choice if choice is not None else child(element, "Fallback")
        return self.text(chosen, depth) if chosen is not None else ""

    def _ruby(self, element: Element, depth: int) -> str:
        base, reading = child(element, "rubyBase"), child(element, "rt")
        text = self.text(base, depth) if base is not None else ""
        above = self.text(reading, depth) if reading is not None else ""
        return f"{text}({above})" if above else text

    def _deleted(self, _element: Element, _depth: int) -> str:
        self._story.place.draft.note(DELETED_TEXT)
        return ""
