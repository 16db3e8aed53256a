"""Parts of a web page that are no plain text: pictures that lie in it, fields, formulas."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from bot.documents.xml.markup import Element, all_text, descendants, parse_html

_TAG = re.compile(r"<[^<>]{0,2000}>")
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
_FEW_LETTERS = 200
IS_DATA = re.compile(r"data:image/[\w.+-]+\s*(;[^,]*)?,")


def embedded_picture(text: str, number: int) -> bytes | None:
    """The bytes of the page's picture of this number, counted as `html` does."""
    root = parse_html(text)
    images = [] if root is None else [one for one in root.iter("img") if IS_DATA.match(one.get("src", ""))]
    return data_bytes(images[number].get("src", "")) if number < len(images) else None


def data_bytes(address: str) -> bytes | None:
    match = IS_DATA.match(address)
    if match is None:
        return None
    body = unquote_to_bytes(address[match.end() :])
    try:
        return base64.b64decode(body) if ";base64" in (match[1] or "") else body
    except (binascii.Error, ValueError):
        return None


def is_left_to_scripts(data: bytes, words: str) -> bool:
    """Whether hardly anything stands on a page that has scripts, which write the rest when a browser shows it."""
    return len("".join(words.split())) < _FEW_LETTERS and _SCRIPT.search(data) is not None


def field_text(element: Element, kind: str) -> str:
    """What stands in a field, a piece of code or a formula."""
    if kind == "code":
        text = all_text(element).strip()
        return f"`{text}`" if text else ""
    if kind == "noframes":  # parsers leave its tags in its text
        return " ".join(_TAG.sub(" ", all_text(element)).split())
    if kind == "math":
        annotation = next((one for one in descendants(element, "annotation") if "tex" in one.get("encoding", "")), None)
        tex = all_text(annotation).strip() if annotation is not None else element.get("alttext", "")
        return f"${tex}$" if tex else " ".join(all_text(element).split())
    if kind == "select":
        chosen = [one for one in element.iter("option") if "selected" in one.attrib] or list(element.iter("option"))
        return ", ".join(" ".join(all_text(one).split()) for one in chosen)
    if kind == "textarea":
        return all_text(element)
    type_ = element.get("type", "text").lower()
    if type_ in {"checkbox", "radio"}:
        return "[x]" if "checked" in element.attrib else "[ ]"
    return (
        "" if type_ in {"hidden", "password", "image"} else element.get("value", "") or element.get("placeholder", "")
    )
