"""Texts that cost most where a reader looks again at what it has seen: a beginning, a piece over and over, an end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hostile:
    piece: str
    head: str = ""
    tail: str = ""

    def of(self, length: int) -> str:
        return self.head + (self.piece * (length // len(self.piece) + 1))[:length] + self.tail


# The test of single characters takes these.
WORST = {
    "bold": Hostile("**a "),
    "struck": Hostile("~~a "),
    "bold in cells": Hostile("| **a **a | **a "),
    "italic": Hostile("_a_ *b* "),
    "ticks": Hostile("`"),
    "ticks apart": Hostile("` a "),
    "citations": Hostile("[p. 1] "),
    "quotation marks": Hostile("“"),
    "pictures": Hostile("!["),
    "pictures with addresses": Hostile("![a](b "),
    "brackets": Hostile("["),
    "link ends": Hostile("]("),
    "tags": Hostile("<a "),
    "dollars": Hostile("$a "),
    "round formulas": Hostile("\\(a "),
    "pipes": Hostile("|"),
    "quotes in quotes": Hostile("> "),
    "lists in lists": Hostile("- "),
    "thinking": Hostile("<think>"),
    "calls": Hostile("<tool_call>"),
    "ends of calls in JSON": Hostile("</tool_call>", head='<tool_call>{"name": "zoom", "arguments": {"a": "'),
    "pairs of numbers": Hostile("(1, 2), "),
    "entities": Hostile("&amp;"),
    "unseen": Hostile("\u200b\u202e"),
    "digits": Hostile("1"),
    "thousands": Hostile("1,"),
    "addresses": Hostile("https://"),
    "pings": Hostile("<!channel> "),
    "blanks": Hostile(" "),
    "letters": Hostile("a"),
    "mixed": Hostile("**a [p. 1] `b | $c “d <e ![f](g "),
}
HOSTILE = WORST | {
    "tildes": Hostile("~"),
    "underlines": Hostile("_"),
    "citations of messages": Hostile("[m1]"),
    "citations in a sentence": Hostile("[p. 1], ", head="It was 1,250 “so” " * 50),
    "pings in pings": Hostile("<!a|<!b|"),
    "pings around pings": Hostile("<!a|", tail=">" * 2_000),
    "labels": Hostile("<https://a.b|"),
    "blanks in a link": Hostile(" ", head="[a](b", tail="x"),
    "blanks in a tag": Hostile(" ", head="<b", tail="<"),
    "blanks in a heading": Hostile(" ", head="# a", tail="b"),
    "blanks in a delimiter": Hostile(" ", head="| a |\n", tail="|x"),
    "blanks in a call": Hostile(" ", head="<tool_call>", tail="x"),
    "blanks in a value": Hostile(" ", head="<tool_call>zoom<arg_key>a</arg_key><arg_value>b", tail="c"),
    "tabs": Hostile("\t", head="a", tail="b"),
    "line ends": Hostile("\n", tail="a"),
    "numbers of Chinese": Hostile("三百万"),
    "numbers in words": Hostile("twenty "),
    "open braces": Hostile("\\frac{a}{"),
    "scripts": Hostile("a_1^"),
    "rows": Hostile("| a | b |\n", head="| a | b |\n|---|---|\n"),
    "pages of HTML": Hostile("<html><p>"),
    "fences": Hostile("```\n"),
    "places": Hostile('{"bbox_2d": [1, 2, 300, 400], "label": "', head="```json\n["),
    "ends of thinking": Hostile("</think> "),
    "arguments": Hostile("a=1, ", head="<tool_call>zoom "),
    "sentences": Hostile("It is so. "),
    "footnotes": Hostile("[^1]: a\n"),
}
