"""Reads the comments of a PDF page with their authors, and its form fields with their values."""

from collections.abc import Callable
from typing import Any

from pypdfium2 import raw  # type: ignore[import-untyped]

_MOST = 300
_MOST_BYTES = 100_000
_BUFFER_BYTES = 1024
_BUFFER = (raw.FPDF_WCHAR * (_BUFFER_BYTES // 2))()  # nearly all names and values fit in it
_COMMENTS = {
    raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE,
    raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_SQUIGGLY, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_CARET,
    raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_CIRCLE, raw.FPDF_ANNOT_INK, raw.FPDF_ANNOT_LINE,
}  # fmt: skip
_BUTTONS = {raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON}
_FIELDS = {raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX, *_BUTTONS}


def annotations_of(page: Any, form: Any) -> tuple[list[str], list[str]]:
    """Return (form fields, comments), each as lines of Markdown."""
    fields: list[str] = []
    comments: list[str] = []
    for at in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, at)
        if not annotation:
            continue
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind == raw.FPDF_ANNOT_WIDGET and form is not None:
            fields += _field(form.raw, annotation)
        elif kind in _COMMENTS:
            comments += _comment(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
    return fields, comments


def _comment(annotation: Any) -> list[str]:
    text = " ".join(_string(annotation, b"Contents").split())
    author = " ".join(_string(annotation, b"T").split()) or "somebody"
    return [f"> Comment by {author}: {text}"] if text else []


def _field(form: Any, annotation: Any) -> list[str]:
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind not in _FIELDS:
        return []
    name = _form_string(raw.FPDFAnnot_GetFormFieldAlternateName, form, annotation) or _form_string(
        raw.FPDFAnnot_GetFormFieldName, form, annotation
    )
    if kind in _BUTTONS:
        mark = "x" if raw.FPDFAnnot_IsChecked(form, annotation) else " "
        return [f"- [{mark}] {name}"]
    value = _form_string(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    return [f"- {name}: {value}"]


def _string(annotation: Any, key: bytes) -> str:
    return _filled(lambda buffer, length: raw.FPDFAnnot_GetStringValue(annotation, key, buffer, length))


def _form_string(function: Any, form: Any, annotation: Any) -> str:
    return " ".join(_filled(lambda buffer, length: function(form, annotation, buffer, length)).split())


def _filled(ask: Callable[[Any, int], int]) -> str:
    """Return the text that PDFium writes into a buffer. `ask` returns its length in bytes, even if it does not fit."""
    length = ask(_BUFFER, _BUFFER_BYTES)
    if not 2 < length < _MOST_BYTES:
        return ""
    buffer = _BUFFER
    if length > _BUFFER_BYTES:
        buffer = (raw.FPDF_WCHAR * (length // 2))()
        ask(buffer, length)
    return bytes(memoryview(buffer).cast("B")[: length - 2]).decode("utf-16-le", "replace")
