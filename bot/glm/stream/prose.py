"""Tells whether a mark of GLM's template stands in a sentence about marks, or has leaked.

“Use the <answer> element and the <think> tag” is about marks. A leaked mark stands at the beginning or the end of a
line or sentence, or it touches the words that it wraps: `<answer>42</answer>`.
"""

_SENTENCE_ENDS = ".!?:;。！？：；…"
_QUOTES = "\"'“‘「『（([«*_`"
_AFTER = ".,;!?:)]`\"'”’」』）»*_、，。；：！？/"

_NOUNS = "标元符"  # 标签, 标记, 元素, 符号: Chinese writes them without a space


def is_within(before: str, after: str) -> bool:
    """`before` is the line up to the mark; `after` is at least the next character, or "" at the end."""
    if not after or after[0] in "\r\n" or not (after[0].isspace() or after[0] in _AFTER or after[0] in _NOUNS):
        return False
    words = before.rstrip(" \t")
    if not words:
        return False
    if words[-1] in _QUOTES:
        return True
    return (before != words or after[0] in _NOUNS) and words[-1] not in _SENTENCE_ENDS


def may_go_on(rest: str) -> bool:
    """Tell whether the line may continue after a mark: so far only blanks have come."""
    return rest.isspace() and "\n" not in rest


def ends_word(rest: str) -> bool:
    return not rest[:1].isalnum() and rest[:1] not in {"/", "_", "-", "."}
