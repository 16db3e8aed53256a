"""HTML read back as a browser would: which elements and addresses are in it, and whether any of it could run."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "[x](javascript:alert(1)) ![x](javascript:alert(1)) <javascript:alert(1)>",
    '<https://evil.example/" onmouseover="alert(1)|x> <javascript:alert(1)|x>',
    "```\n</code></pre><script>alert(1)</script>\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    '<a href="https://evil.example" onclick="alert(1)">x</a>',
)
_RUNS = {"script", "iframe", "object", "embed", "style", "link", "base", "meta", "form"}


@dataclass
class Read(HTMLParser):
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def values(self, tag: str, name: str) -> list[str]:
        return [value for at, key, value in self.attributes if (at, key) == (tag, name)]


def read(html: str) -> Read:
    found = Read()
    found.feed(html)
    found.close()
    return found


def assert_harmless(html: str) -> Read:
    found = read(html)
    assert not _RUNS.intersection(found.tags)
    for tag, name, value in found.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name != "style", (tag, value)
        if name == "href":
            assert value.startswith(("https://", "http://", "mailto:")), value
        if name == "src":
            assert value.startswith("/page/"), value
    for target, rel in zip(found.values("a", "target"), found.values("a", "rel"), strict=True):
        assert target == "_blank"
        assert "noopener" in rel
    return found
