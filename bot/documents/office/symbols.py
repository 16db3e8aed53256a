"""Converts characters of the fonts Symbol, Wingdings and Webdings, which Office stores as glyph numbers, to Unicode."""

import re

# Adobe's encoding of the font Symbol, for 0x20 to 0x7E and 0xA0 to 0xFE.
_SYMBOL = dict(
    zip(
        [*range(0x20, 0x7F), *range(0xA0, 0xFF)],
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
        "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|—↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ ⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
        strict=True,
    )
)
_WINGDINGS = {
    0xFE: "☑", 0xFD: "☒", 0xFC: "✓", 0xFB: "✗", 0xA8: "☐", 0x6F: "☐", 0xE0: "→", 0xDF: "←", 0xE1: "↑", 0xE2: "↓",
    0xF0: "⇒", 0xA7: "▪", 0x6C: "●", 0x6E: "■", 0x71: "❑", 0x76: "❖", 0xD8: "➢", 0x4A: "☺", 0x4B: "😐", 0x4C: "☹",
    0x28: "☎", 0x2A: "✉", 0x9F: "•", 0x77: "⬥", 0x73: "⬧", 0xAB: "★", 0xB5: "✪", 0x22: "✂", 0x46: "☞", 0x21: "✏",
}  # fmt: skip
_WEBDINGS = {
    0x61: "✔", 0x72: "✖", 0x4E: "👁", 0x63: "□", 0x67: "■", 0x6E: "●", 0x33: "◀", 0x34: "▶", 0x35: "▲", 0x36: "▼",
}  # fmt: skip
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "webdings": _WEBDINGS}
_OTHER = "•"  # for an unknown glyph, which only a picture of the page shows
_BOXES = "☐☑☒✓✔✗✘✖"
_NUMBERED = re.compile("[\uf020-\uf0ff]")


def symbol(code: int, font: str) -> str:
    """Return the letter of a glyph. Codes from 0xF000 to 0xF0FF are glyph numbers of the font; other codes are Unicode.
    An unknown glyph is “•”, and an invalid code gives an empty string.
    """
    if not 0xF000 <= code <= 0xF0FF:
        return chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""
    return (_letters(font) or _WINGDINGS).get(code & 0xFF, _OTHER)


def box_mark(letter: str, font: str) -> str:
    """Return the mark for a bullet: “- ☑” for a box or a tick, “-” for any other."""
    code = ord(letter) if len(letter) == 1 else 0
    shown = symbol(code | 0xF000 if code < 0x100 else code, font) if code and _letters(font) else letter
    return f"- {shown}" if shown and shown in _BOXES else "-"


def with_symbols(text: str, font: str) -> str:
    """Return the text of a run with its glyph numbers replaced. Text in other fonts is unchanged."""
    is_numbered = not text.isascii() and _letters(font)
    return _NUMBERED.sub(lambda found: symbol(ord(found[0]), font), text) if is_numbered else text


def _letters(font: str) -> dict[int, str]:
    return next((letters for name, letters in _FONTS.items() if font.casefold().startswith(name)), {})
