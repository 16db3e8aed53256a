import pytest

from bot.core.links import linked_files


@pytest.mark.parametrize(
    "text",
    [
        "see https://acme.slack.com/files/U012AB/F0123ABC/report.pdf please",
        "<https://acme.slack.com/files/W012AB/F0123ABC/report.pdf|the report>",
        "https://acme.enterprise.slack.com/docs/T012AB/F0123ABC",
        "https://app.slack.com/docs/T012AB/F0123ABC?focus_section_id=temp:C:x",
        "https://slack.com/files/U012AB/F0123ABC and again https://acme.slack.com/docs/T012AB/F0123ABC",
    ],
)
def test_a_link_to_a_file_on_slack_is_known(text: str) -> None:
    assert linked_files(text) == ("F0123ABC",)


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/files/U012AB/F0123ABC/report.pdf",
        "https://slack.com.evil.example/files/U012AB/F0123ABC",
        "https://notslack.com/files/U012AB/F0123ABC",
        "https://acme.slack.com@evil.example/files/U012AB/F0123ABC",
        "https://acme.slack.com/archives/C0123ABC/p1700000000000000",
        "F0123ABC",
    ],
)
def test_no_other_link_is(text: str) -> None:
    assert linked_files(text) == ()


def test_a_local_slack_counts_when_it_is_named() -> None:
    link = "http://127.0.0.1:3999/files/U012AB/F0123ABC/report.pdf"
    assert linked_files(link) == ()
    assert linked_files(link, "127.0.0.1:3999") == ("F0123ABC",)
