from dataclasses import dataclass, field

from bot.core.agent.ports import ToolContext
from bot.core.search import SearchHit
from bot.errors import SlackError
from bot.tools.search_slack import SearchSlack
from tests.tools.tool_context import refusal, tool_context


def hit(text: str, author: str = "", channel: str = "", when: str = "", link: str = "") -> SearchHit:
    return SearchHit(text, author, channel, when, link)


@dataclass
class Search:
    hits: tuple[SearchHit, ...] = ()
    broken: SlackError | None = None
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    async def search(self, query: str, token: str, user: str) -> tuple[SearchHit, ...]:
        self.asked.append((query, token, user))
        if self.broken:
            raise self.broken
        return self.hits


def context(*, with_token: bool = True) -> ToolContext:
    found = tool_context()
    found.search_token = "token" if with_token else ""
    return found


async def test_it_searches_as_the_person_who_asks() -> None:
    first = hit("The  roof\nleaks", "Ana", "site", "2 March", "https://s.slack.com/p1")
    search = Search((first, hit("x" * 1000)))
    result = await SearchSlack(search).call({"query": "roof"}, context())
    assert search.asked == [("roof", "token", "U1")]
    assert "1. Ana, #site, 2 March: The roof leaks (https://s.slack.com/p1)" in result.text
    assert f"2. {'x' * 800}…" in result.text
    assert result.is_untrusted


async def test_nothing_found_says_so() -> None:
    assert (
        "Nothing was found in Slack for “roof”" in (await SearchSlack(Search()).call({"query": "roof"}, context())).text
    )


async def test_without_a_token_it_says_that_slack_cannot_be_searched_from_here() -> None:
    search = Search()
    sentence = await refusal(SearchSlack(search), {"query": "roof"}, context(with_token=False))
    assert sentence.startswith("Slack can't be searched from here")
    assert search.asked == []


async def test_slacks_refusal_is_a_result() -> None:
    search = Search(broken=SlackError("missing_scope"))
    assert "missing_scope" in await refusal(SearchSlack(search), {"query": "roof"}, context())
