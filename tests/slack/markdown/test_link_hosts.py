"""A link whose words are an address, and whose target is another host, shows that host."""

import pytest

from bot.slack.markdown.link_hosts import markdown_with_hosts, mrkdwn_with_hosts, other_host
from bot.slack.markdown.render import Piece, Prose, Renderer, Table
from bot.slack.outbound import safe_call
from tests.cost import EVENLY, growth

EVIL = "evil.example"
LIES = [
    ("bank.example", f"https://{EVIL}"),
    ("https://bank.example/login", f"https://bank.example@{EVIL}/"),
    ("www.bank.example", f"http://{EVIL}:8080/www.bank.example"),
    ("Log in at bank.example now", f"https://{EVIL}?bank.example"),
    ("**bank**.example", f"https:{EVIL}"),
    ("`bank.example`", f"https:///{EVIL}"),
    ("bank\u200b.exam\u2060ple", f"//{EVIL}"),
    ("bank\uff0eexample", f"https://{EVIL}#x"),
    ("bank&#46;example", "https://%65vil.example"),
    ("bank.example", f"https://{EVIL}\\@bank.example"),
    ("bank.example", f"https://{EVIL}."),
    ("ceo@bank.example", f"mailto:ceo@{EVIL}?subject=bank.example"),
    ("192.168.0.1", f"http://{EVIL}"),
    ("https://bank.example@evil", f"https://{EVIL}"),
]
HONEST = [
    ("bank.example", "https://bank.example/a"),
    ("bank.example", "https://www.bank.example"),
    ("www.bank.example", "https://bank.example"),
    ("https://bank.example/a", "https://BANK.example:443/b"),
    ("ann.lee@bank.example", "mailto:ann@bank.example"),
    ("report.pdf p. 7", f"https://{EVIL}/report.pdf"),
    ("our handbook, v1.2.3", f"https://{EVIL}"),
    ("b\u00fccher.example", "https://xn--bcher-kva.example"),
    ("bank.example", "img_3"),
    ("bank.example", "tel:+4930"),
]


@pytest.mark.parametrize(("words", "url"), LIES)
def test_the_other_host_is_told(words: str, url: str) -> None:
    assert other_host(words, url) == EVIL


@pytest.mark.parametrize(("words", "url"), HONEST)
def test_an_honest_link_stays(words: str, url: str) -> None:
    assert other_host(words, url) == ""


@pytest.mark.parametrize(
    ("words", "url"), [("b\u0430nk.example", "https://bank.example"), ("bank.example", "https://b\u0430nk.example")]
)
def test_letters_that_look_alike_are_told_apart(words: str, url: str) -> None:
    assert other_host(words, url).startswith(("bank.example", "xn--"))


def test_a_long_host_shows_its_end() -> None:
    host = other_host("bank.example", f"https://bank.example.{'a' * 63}.{'b' * 63}.{EVIL}/")
    assert host.startswith("…")
    assert host.endswith(EVIL)


def rendered(source: str, size: int) -> str:
    renderer, pieces = Renderer(), list[Piece]()
    for start in range(0, len(source), size):
        pieces += renderer.feed(source[start : start + size])
    pieces += renderer.finish()
    return "".join(_shown(piece) for piece in pieces)


def _shown(piece: Piece) -> str:
    match piece:
        case Prose(words):
            return words
        case Table(block, _, _):
            return str(block)
        case _:
            return ""


@pytest.mark.parametrize("size", [1, 7, 1_000])
@pytest.mark.parametrize(
    "source",
    [
        "see [bank.example](https://evil.example) there",
        "see **[bank.example](<https://evil.example> 'bank.example')**",
        "see <https://evil.example|bank.example>",
        "see ![bank.example](https://evil.example/a.png)",
        "[[bank.example]](https://evil.example)",
        "| a | b |\n|---|---|\n| [bank.example](https://evil.example) | 2 |\n",
        "| a | b |\n|---|---|\n" + "| [bank.example](https://evil.example) | 2 |\n" * 40,
        "a[^1]\n\n[^1]: [bank.example](https://evil.example)\n",
        "# [bank.example](https://evil.example)\n\nwords",
    ],
)
def test_an_answer_tells_it_however_it_comes(source: str, size: int) -> None:
    shown = rendered(source, size)
    assert "(evil.example)" in shown or "(https://evil.example)" in shown
    assert shown == rendered(source, 10_000)


@pytest.mark.parametrize("size", [1, 1_000])
@pytest.mark.parametrize(
    "source",
    ["[bank.example][1]\n\n[1]: https://evil.example", "[bank.example]\n\n[bank.example]: https://evil.example"],
)
def test_a_link_whose_target_stands_elsewhere_is_none(source: str, size: int) -> None:
    assert "]\u2060" in rendered(source, size)


def test_code_stays_as_it_is() -> None:
    for source in ("`[bank.example](https://evil.example)`", "```md\n[bank.example](https://evil.example)\n```\n"):
        assert rendered(source, 1) == source
    assert markdown_with_hosts(source) == source


def test_it_is_told_once() -> None:
    once = markdown_with_hosts("[bank.example](https://evil.example) and [docs](https://a.example)")
    assert once == "[bank.example](https://evil.example) (evil.example) and [docs](https://a.example)"
    assert markdown_with_hosts(once) == once
    token = mrkdwn_with_hosts("<https://evil.example/a|bank.example>")
    assert token == "<https://evil.example/a|bank.example (evil.example)>"
    assert mrkdwn_with_hosts(token) == token


def test_every_kind_of_link_is_told() -> None:
    url = "https://evil.example"
    button = {"type": "button", "url": url, "text": {"type": "plain_text", "text": "https://bank.example/" + "x" * 54}}
    sent = safe_call(
        "chat.postMessage",
        {
            "text": f"<{url}|bank.example>",
            "blocks": [
                {"type": "rich_text_section", "elements": [{"type": "link", "url": url, "text": "bank.example"}]},
                {"type": "actions", "elements": [button]},
                {"type": "markdown", "text": f"[bank.example]({url})"},
                {"type": "section", "text": {"type": "mrkdwn", "text": f"<{url}|bank.example>"}},
                {"type": "task_card", "sources": [{"type": "url", "url": url, "text": "bank.example"}]},
            ],
        },
    )
    assert all("(evil.example)" in str(one) for one in [sent["text"], *sent["blocks"]])
    assert len(sent["blocks"][1]["elements"][0]["text"]["text"]) <= 75


@pytest.mark.parametrize(
    "pattern",
    [
        "[",
        "]",
        "](",
        "]()",
        "[a](b)",
        "[a.example](https://e.example)",
        "a.",
        "[a.example",
        "<https://a.b|",
        "[[a.example]](https://e.example)",
    ],
)
def test_its_cost_grows_as_the_text_does(pattern: str) -> None:
    assert growth(lambda size: markdown_with_hosts((pattern * size)[:size]), 5_000) < EVENLY
