"""SearchHit is a message that a search of Slack found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message that was found. `author` and `channel` are names, `when` is a readable date; each may be empty."""

    text: str
    author: str
    channel: str
    when: str
    link: str
