from bot.slack.blocks import LONGEST_FALLBACK, context, escape, fallback, markdown


def test_blank_text_is_no_block() -> None:
    assert markdown(" \n") == []
    assert markdown("**x**") == [{"type": "markdown", "text": "**x**"}]


def test_a_footer_is_no_markup() -> None:
    (block,) = context(("Read: <!here>.png & more",))
    assert block["elements"] == [{"type": "mrkdwn", "text": "Read: &lt;!here&gt;.png &amp; more", "verbatim": True}]
    assert context(()) == []


def test_a_footer_stays_within_slack_s_limits() -> None:
    (block,) = context(tuple(["x" * 5_000] * 20))
    assert len(block["elements"]) == 10
    assert all(len(element["text"]) <= 2_000 for element in block["elements"])


def test_the_fallback_is_short_enough_for_an_update() -> None:
    assert fallback("short") == "short"
    assert len(fallback("x" * 50_000)) == LONGEST_FALLBACK < 4_000


def test_escaping_is_slack_s() -> None:
    assert escape("<a> & b") == "&lt;a&gt; &amp; b"
