"""Reads the parts of a web page that are not plain text: embedded pictures, form fields, formulas."""

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
    """Return the bytes of the page's embedded picture with this number, counted in the same way as in `html`."""
    root = parse_html(text)
    images = [] if root is None else [image for image in root.iter("img") if IS_DATA.match(image.get("src", ""))]
    return data_bytes(images[number].get("src", "")) if number < len(images) else None


def data_bytes(address: str) -> bytes | None:
    """Return the bytes of a `data:` address. None: the address is another one, or damaged."""
    match = IS_DATA.match(address)
    if match is None:
        return None
    body = unquote_to_bytes(address[match.end() :])
    try:
        return base64.b64decode(body) if ";base64" in (match[1] or "") else body
    except (binascii.Error, ValueError):
        return None


def is_left_to_scripts(data: bytes, words: str) -> bool:
    """Say whether the page has scripts and hardly any text: then the scripts write the text in the browser."""
    return len("".join(words.split())) < _FEW_LETTERS and _SCRIPT.search(data) is not None


def field_text(element: Element, kind: str) -> str:
    """Return the content of a form field, a piece of code or a formula."""
    if kind == "code":
        text = all_text(element).strip()
        return f"`{text}`" if text else ""
    if kind == "noframes":  # parsers leave the tags inside it in its text
        return " ".join(_TAG.sub(" ", all_text(element)).split())
    if kind == "math":
        annotation = next(
            (found for found in descendants(element, "annotation") if "tex" in found.get("encoding", "")), None
        )
        tex = all_text(annotation).strip() if annotation is not None else element.get("alttext", "")
        return f"${tex}$" if tex else " ".join(all_text(element).split())
    if kind == "select":
        chosen = [found for found in element.iter("option") if "selected" in found.attrib] or list(
            element.iter("option")
        )
        return ", ".join(" ".join(all_text(found).split()) for found in chosen)
    if kind == "textarea":
        return all_text(element)
    type_ = element.get("type", "text").lower()
    if type_ in {"checkbox", "radio"}:
        return "[x]" if "checked" in element.attrib else "[ ]"
    return (
        "" if type_ in {"hidden", "password", "image"} else element.get("value", "") or element.get("placeholder", "")
    )
