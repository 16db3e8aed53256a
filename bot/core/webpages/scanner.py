"""The scanner finds where a complete HTML document begins and ends in an answer that still grows, and unescapes it.

Each function returns a position, NO, or MORE while more text could change the result. More text never changes a
position or NO.
"""

import re

NO, MORE = -1, -2
LONGEST = 4_000  # within so many characters it is clear whether a document begins

_TAG = re.compile(r"<(?:!doctype\s{1,20}html\b[^<>]{0,300}|html(?:\s[^<>]{0,1000})?)>", re.IGNORECASE)
_BLANKS = re.compile(r"(?:\s|\\[nrt])*")
_FENCE = re.compile(r"(?:`{3,}+|~{3,}+)[ \t]*+(?:x?html?\b[^\n`]{0,200})?\r?\n", re.IGNORECASE)
_COMMENT, _COMMENT_END = "<!--", "-->"
_RUN = re.compile(r"`+|~+")
_LINE_GAP = re.compile(r"[ \t]*")
_CLOSING_TAG = r"<\\?/html\s{0,20}>"
_TAG_ENDS = {
    mark: re.compile(
        rf"(?P<tag>{_CLOSING_TAG})|\n[ \t>]{{0,20}}{mark}{{3,20}}[ \t]{{0,20}}(?=\r?\n|<\|)", re.IGNORECASE
    )
    for mark in "`~"
} | {"": re.compile(rf"(?P<tag>{_CLOSING_TAG})", re.IGNORECASE)}
_LAST_FENCE = re.compile(r"\n[ \t>]{0,20}(?:`{3,20}|~{3,20})[ \t]{0,20}\r?\Z")

_ESCAPE = re.compile(r"""\\(?:([nrtbf"'/\\])|u([0-9a-fA-F]{4}))""")
_MEANINGS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_ESCAPED = re.compile(r"""(?:>|\A)\s*(?:\\[rt])*\\n(?:\\[nrt]|\s)*<|=\s*\\["']""")


def _beginnings(word: str, rest: str = "") -> str:
    """Return a pattern of every beginning of a word, also the empty one. `rest` may follow the complete word."""
    for letter in reversed(word):
        rest = f"(?:{letter}{rest})?"
    return rest


_MAYBE_TAG = re.compile(
    "<(?:"
    + _beginnings("!doctype", r"(?:\s{1,20}" + _beginnings("html", r"(?:[^<>\w][^<>]{0,300})?") + ")?")
    + "|"
    + _beginnings("html", r"(?:\s[^<>]{0,1000})?")
    + r")\Z",
    re.IGNORECASE,
)
_MAYBE_FENCE = re.compile(
    rf"(?:`++|~++)[ \t]*+(?:{_beginnings('xhtml')}|{_beginnings('html')}|x?html?\b[^\n`]{{0,200}})\r?\Z", re.IGNORECASE
)
_MAYBE_END = re.compile(
    r"(?:<\\?/?" + _beginnings("html") + r"\s{0,20}|\n[ \t>]{0,20}[`~]{0,20}[ \t]{0,20}(?:\r|<)?)\Z", re.IGNORECASE
)
_MAYBE_END_LENGTH = 64


def raw_start(text: str) -> int:
    """Return the length of the opening tag at the beginning of `text`, when another tag follows it: then it begins a
    document.
    """
    tag = _TAG.match(text)
    if tag is None:
        return MORE if _MAYBE_TAG.match(text) else NO
    rest = text[past_blanks(text, tag.end()) :]
    if len(rest) < 2 and rest in {"", "<", "\\"}:
        return MORE
    return tag.end() if rest[0] == "<" and (rest[1].isalpha() or rest[1] == "!") else NO


def fenced_start(text: str) -> int:
    """Return where the document begins in the fence at the beginning of `text`. Comments may stand before it."""
    head = _FENCE.match(text)
    if head is None:
        return MORE if _MAYBE_FENCE.match(text) else NO
    at = past_comments(text, head.end())
    if at == MORE:
        return MORE
    tag = _TAG.match(text, at)
    if tag is not None:
        return at
    rest = text[at:]
    return MORE if rest in {"", "\\"} or _MAYBE_TAG.match(rest) else NO


def past_comments(text: str, at: int) -> int:
    """Return the position after white space and comments, or MORE when a comment has not ended."""
    while True:
        at = past_blanks(text, at)
        rest = text[at : at + len(_COMMENT)]
        if rest != _COMMENT:
            return MORE if len(rest) > 1 and _COMMENT.startswith(rest) else at
        end = text.find(_COMMENT_END, at)
        if end < 0:
            return MORE
        at = end + len(_COMMENT_END)


def past_blanks(text: str, at: int) -> int:
    r"""Return the position after white space, also after white space that is written as \n."""
    blanks = _BLANKS.match(text, at)
    assert blanks is not None
    return blanks.end()


def document_end(text: str, at: int, fence: str, *, is_last: bool) -> tuple[int, int, bool]:
    """Return where the end of the document begins and ends, and whether it is the closing tag (or the end of the
    fence). Return (NO, hold, False) when there is no end before the position `hold`, where one may begin.
    """
    match = _TAG_ENDS[fence[:1]].search(text, at)
    if match is None and is_last and fence:
        match = _LAST_FENCE.search(text, at)
    if match is not None:
        return match.start(), match.end(), match.re is not _LAST_FENCE and match["tag"] is not None
    if is_last:
        return NO, len(text), False
    hold = _MAYBE_END.search(text, max(at, len(text) - _MAYBE_END_LENGTH))
    return NO, hold.start() if hold else len(text), False


def past_closing_fence(text: str, at: int, fence: str, *, is_last: bool) -> int:
    """Return the position after the run of marks at `at` when it closes the fence, or NO when it does not."""
    run = _RUN.match(text, at)
    if run is None:
        return NO
    gap = _LINE_GAP.match(text, run.end())
    assert gap is not None
    if gap.end() == len(text) and not is_last:
        return MORE
    is_closing = text[at] == fence[0] and len(run.group()) >= len(fence)
    return gap.end() if is_closing and not text[gap.end() : gap.end() + 1].isalnum() else NO


def run_of(text: str) -> str:
    """Return the run of ` or ~ at the beginning of `text`."""
    run = _RUN.match(text)
    return run.group() if run else ""


def is_escaped(html: str) -> bool:
    r"""Return whether line breaks and quotes are written as \n and \", as GLM-4.5V does (glm.md §6)."""
    return len(_ESCAPED.findall(html)) > html.strip().count("\n")


def unescaped(html: str) -> str:
    """Return the document without these escapes."""
    if not is_escaped(html):
        return html
    plain = _ESCAPE.sub(_meaning, html)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _meaning(escape: re.Match[str]) -> str:
    if escape[2]:
        return chr(int(escape[2], 16))
    return _MEANINGS.get(escape[1], escape[1])
