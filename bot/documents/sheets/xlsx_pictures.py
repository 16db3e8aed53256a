"""Finds pictures that are the value of a cell: Excel's pictures in cells, and those of WPS (DISPIMG)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from bot.documents.office.graphics import DrawingPlace, picture_id
from bot.documents.office.package import Package, Relation, first_of
from bot.documents.xml.markup import Element, all_text, attribute, children, descendants

T = TypeVar("T")

VALUE = "vm:"  # prefix of the number of a cell's value metadata
_DISPLAYED = re.compile(r'DISPIMG\(\s*"([^"]{1,100})"', re.IGNORECASE)
_IMAGE, _ALT = "_rvRel:LocalImageIdentifier", "Text"


def displayed(formula: str) -> str:
    """Return the name of the picture that a WPS formula shows, or an empty string for any other formula."""
    found = _DISPLAYED.search(formula)
    return found[1] if found else ""


class CellPictures:
    """The pictures by the reference in their cell. `relations` are those of the workbook."""

    def __init__(self, package: Package, relations: Mapping[str, Relation]) -> None:
        self._package = package
        self._relations = dict(relations)

    def words(self, asked: str, place: DrawingPlace) -> str:
        """Return the words for the cell, or an empty string when the file doesn't contain the picture."""
        part, relation, alt = self._local(asked) if asked.startswith(VALUE) else self._named(asked)
        if not relation:
            return ""
        return replace(place, relations=self._package.relations(part)).picture(relation, alt)

    def _named(self, asked: str) -> tuple[str, str, str]:
        part, pictures = self._of_wps
        blip, alt = pictures.get(asked, (None, ""))
        return (part, picture_id(blip), alt) if blip is not None else ("", "", "")

    @cached_property
    def _of_wps(self) -> tuple[str, dict[str, tuple[Element, str]]]:
        part = first_of(self._relations, "cellImage") or "xl/cellimages.xml"
        found = {}
        for picture in descendants(self._package.xml_or_none(part), "pic"):
            properties, blips = descendants(picture, "cNvPr"), descendants(picture, "blip")
            if properties and blips:
                found[attribute(properties[0], "name")] = blips[0], attribute(properties[0], "descr")
        return part, found

    def _local(self, asked: str) -> tuple[str, str, str]:
        """Follow the cell's value metadata to a rich value, and from there to a relationship."""
        value = _item(self._values, _item(self._places, asked.removeprefix(VALUE), 1), 0)
        if value is None:
            return "", "", ""
        shape = _item(self._structures, attribute(value, "s"), 0)
        keys = [attribute(key, "n") for key in children(shape, "k")]
        fields = dict(zip(keys, map(all_text, children(value, "v")), strict=False))
        part = first_of(self._relations, "richValueRel")
        relation = _item(children(self._package.xml_or_none(part), "rel"), fields.get(_IMAGE, ""), 0)
        return (part, attribute(relation, "id"), fields.get(_ALT, "")) if relation is not None else ("", "", "")

    @cached_property
    def _places(self) -> list[str]:
        """Return the number of the rich value for each value metadata, in order."""
        root = self._package.xml_or_none(first_of(self._relations, "sheetMetadata"))
        rich = [
            element for element in descendants(root, "futureMetadata") if attribute(element, "name") == "XLRICHVALUE"
        ]
        numbers = [attribute(element, "i") for element in descendants(rich[0], "rvb")] if rich else []
        records = [element for part in descendants(root, "valueMetadata") for element in descendants(part, "rc")]
        return [_item(numbers, attribute(element, "v"), 0) or "" for element in records]

    @cached_property
    def _values(self) -> list[Element]:
        return descendants(self._package.xml_or_none(first_of(self._relations, "rdRichValue")), "rv")

    @cached_property
    def _structures(self) -> list[Element]:
        return descendants(self._package.xml_or_none(first_of(self._relations, "rdRichValueStructure")), "s")


def _item(items: list[T], number: str | None, first: int) -> T | None:
    """Return the item with this number, counted from `first`, or None."""
    place = int(number) - first if number and number.isdigit() and len(number) < 9 else -1
    return items[place] if 0 <= place < len(items) else None
