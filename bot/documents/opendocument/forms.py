"""Reads the form fields of OpenDocument files as they are filled in."""

from functools import cached_property

from bot.documents.xml.markup import Element, attribute, children, descendants, name

_CHOICES = {"checkbox", "radio"}
_BUTTONS = {"button", "image", "image-frame", "hidden", "generic-control", "password"}
_VALUES = ("current-value", "value")


class Fields:
    """The form fields of a file, by the id that the drawn controls name. `anywhere` is any element of the file."""

    def __init__(self, anywhere: Element) -> None:
        self._anywhere = anywhere

    @cached_property
    def _by_id(self) -> dict[str, Element]:
        forms = descendants(self._anywhere.getroottree().getroot(), "forms")
        fields = (field for form in forms for field in form.iter("{*}*"))
        return {attribute(field, "id"): field for field in fields if attribute(field, "id")}

    def words(self, control: Element) -> str:
        """Return the visible text of a control: [x] Agree, Birthday: 1 May, a label."""
        field = self._by_id.get(attribute(control, "control"))
        kind = "" if field is None else name(field)
        if field is None or kind in _BUTTONS:
            return ""
        label, called = attribute(field, "label"), attribute(field, "name")
        if kind == "fixed-text":
            return label
        if kind in _CHOICES:
            is_on = attribute(field, "current-state") == "checked" or attribute(field, "current-selected") == "true"
            return f"[{'x' if is_on else ' '}] {label or called}"
        return f"[{called}: {_value(field)}]"


def _value(field: Element) -> str:
    """Return the entered or chosen text. For a list without a choice, return all its options."""
    typed = next((value for key in _VALUES if (value := attribute(field, key))), "")
    options = list(field.iter("{*}option", "{*}item"))
    chosen = [element for element in options if attribute(element, "current-selected") == "true"]
    labels = [attribute(element, "label") for element in chosen or options]
    paragraphs = [" ".join("".join(element.itertext()).split()) for element in children(field, "p")]
    return typed or ("" if chosen else "one of ") * bool(labels) + ", ".join(labels) or " ".join(paragraphs)
