"""What the demo's model says: a script, one entry a question. Nobody looked at anything; the playground's page says so.

Everything around the words is real: the tools run, the boxes are drawn, the pages rendered, the citations checked.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.model.messages import ToolCall
from bot.glm.offline.reply import OfflinePace, Reply
from scripts.demo import pages
from scripts.demo.pictures import SMALL_PRINT, SWITCHES

LABEL = "a script written for this demo (no model is connected; tools, drawings and pages are real)"
PACE = OfflinePace(first_token_s=0.15, tokens_per_s=150.0)
NOTES = "private notes while it answered"


@dataclass(slots=True)
class Demo:
    """The replies to one question, one for each request of a turn. `again` are those of a regenerated answer."""

    replies: tuple[Reply, ...]
    again: tuple[Reply, ...] = ()
    notes: str = ""


@dataclass(slots=True)
class Play:
    """A script for the offline model: finds the question last asked, and which request of its turn this is."""

    demos: Mapping[str, Demo]
    _asked: Counter[str] = field(default_factory=Counter)

    def __call__(self, body: dict[str, Any]) -> Reply | None:
        texts = [(message["role"], _text(message)) for message in body["messages"]]
        if NOTES in texts[-1][1]:
            return Reply(self._named(texts[-1][1])[1].notes)
        for at in range(len(texts) - 1, -1, -1):
            role, words = texts[at]
            if role == "user" and any(question in words for question in self.demos):
                question, demo = self._named(words)
                step = sum(role == "assistant" for role, _ in texts[at:])
                return self._reply(question, demo, step)
        return None

    def _named(self, words: str) -> tuple[str, Demo]:
        """The question that stands last."""
        found = max(self.demos, key=words.rfind)
        return found, self.demos[found]

    def _reply(self, question: str, demo: Demo, step: int) -> Reply | None:
        self._asked[question] += step == 0
        replies = demo.again if demo.again and self._asked[question] > 1 else demo.replies
        return replies[step] if step < len(replies) else None


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or [])


def _calls(*calls: tuple[str, dict[str, Any]], reasoning: str = "") -> Reply:
    made = tuple(ToolCall(f"call_{at}", name, arguments) for at, (name, arguments) in enumerate(calls))
    return Reply(reasoning=reasoning, tool_calls=made)


def _page(words: str, html: str) -> Reply:
    return Reply(f"{words}\n\n```html\n{html}\n```")


STREAMED = "Explain how a heat pump works, for a leaflet."
SUMMARY = "Why does this chart dip in August?"
TABLE = "Compare the eight sites as a table."
STOPPED = "Write a long story about a lighthouse."
REGENERATED = "Suggest a name for our office newsletter."
ZOOMED = "Which oil does this pump need, and how often?"
BOXES = "Find all the switches and say which are on."
PICTURES = "What is wrong in this screenshot? Show me the places."
PAGE = "Make this a page."
GREEN = "Make the button green."
LOG_IN = "Add a line with a link to log in."
APPROVED = "Write a ticket for the third pump."
SUMMARISED = "Please summarise cooling-report.pdf"

_HEAT_PUMP = """\
A heat pump does not make heat, it **moves** it: from the air or the ground outside into the house.

1. **Evaporator.** A cold liquid takes up heat outside and boils, even at −10 °C.
2. **Compressor.** The vapour is squeezed, and becomes hot: this is where the electricity goes.
3. **Condenser.** The hot vapour gives its heat to the heating water, and becomes liquid again.
4. **Expansion valve.** The pressure falls, the liquid is cold once more, and the round begins anew.

> One kilowatt-hour of electricity moves about three to four kilowatt-hours of heat.

That ratio is the *coefficient of performance*: `COP = heat delivered / electricity used`. It falls as the weather \
gets colder and as the water in the radiators has to be hotter, so large radiators or floor heating save money.
"""
_AUGUST = """\
**August sold 23 thousand euros, a third of the months around it.** The chart itself does not say why.

- July was 58 and September 64, so the year's rise goes on right after it.
- A whole month this low looks like an outage or closed shop rather than a weak season.
- The footer says that returns are taken off: a large return booked in August would look the same.
"""
_AUGUST_THOUGHT = """\
The chart shows monthly sales for 2025 in thousand euros. Bars are labelled: 42, 45, 51, 48, 55, 61, 58, 23, 64, 69, \
74, 81. August stands out in orange. Could it be a summer dip? June and July are not low, so a season is unlikely. \
The footer says returns are taken off, which could explain a single month. There is nothing in the picture about the \
cause, so I should say what it can and cannot tell."""
_AUGUST_NOTES = """\
- Read all twelve labels; August is 23, the rest climbs from 42 to 81.
- Weighed a summer dip, and dropped it: June and July are not low.
- Noted the footer, “returns taken off”, as a possible cause.
- Concluded that the picture shows the dip but not the reason, and said so."""
_COLUMNS = ["Site", "Country", "Opened", "People", "Area, sq m", "Desks", "Rooms", "Energy, MWh", "Water, cu m",
            "Waste, t", "Rent, EUR", "Score"]  # fmt: skip
_SITES = ("Aachen", "Brno", "Cork", "Delft", "Erfurt", "Faro", "Ghent", "Halle", "Imatra", "Jena", "Kaunas", "Lund")
_COUNTRIES = ("DE", "CZ", "IE", "NL", "DE", "PT", "BE", "DE", "FI", "DE", "LT", "SE")


def _site(at: int) -> list[str]:
    people = 18 + at * 37 % 90
    numbers = (2009 + at, people, people * 14, people + 6, 3 + people // 12, people * 3, people * 9, people // 7 + 2)
    return [_SITES[at], _COUNTRIES[at], *map(str, numbers), f"{people * 310:,}", f"{3 + at * 7 % 20 / 10:.1f}"]


_NAMES = ("**The Third Floor.** It says where it comes from, and leaves room for everything that happens there.",
          "**Paper Trail.** Short, a little wry, and it suits a company that sells paper.")  # fmt: skip
_STORY = "\n\n".join(
    f"In the year {year} the keeper was {keeper}, and the lamp turned for {year % 7 + 3} ships a night. {keeper} wrote "
    f"{weather} into the book, {year - 1700} lines in all, and left one line free for whoever came next."
    for year, keeper, weather in zip(
        range(1801, 1880, 3),
        ("Ada", "Bruno", "Clara", "Dunja", "Emil", "Frida", "Gustav", "Hanne", "Ivo", "Jule", "Karel", "Lotte", "Matti",
         "Nora", "Otto", "Pia", "Quirin", "Rosa", "Sven", "Tilda", "Ulf", "Vera", "Wim", "Xenia", "Yorick", "Zoe"),
        ("fog", "frost", "a red dawn", "hail", "thunder", "a dead calm", "sleet", "a rainbow", "drift ice", "haze",
         "a warm wind", "spray", "stars", "swell", "rain", "snow", "a halo", "dust", "gales", "dew", "mist", "mirages",
         "northern lights", "squalls", "drizzle", "sun"),
        strict=False,
    )
)  # fmt: skip
_BOXES = json.dumps([{"label": name, "bbox_2d": list(box)} for name, box in SWITCHES.items()])
_WRONG = """\
Two things stop the payment. The first is the total:

![The lines add up to 54.65, the total says 64.65](zoom_1)

It is ten euros too high, and the dialogue's `amount_mismatch` says the same. The second is the postcode:

![The postcode begins with a one and the letter O](zoom_2)

The second character is the letter **O**, not a zero, so the field is refused. Mend both, then press *Retry*.
"""
_SUMMARY = """\
The plant used 412 MWh in 2025, 18 % less than in the year before [p. 1].

| Quarter | MWh | Cost |
|---|---:|---:|
| Q1 | 88 | 19,360 |
| Q2 | 104 | 22,880 |
| Q3 | 131 | 28,820 |
| Q4 | 89 | 19,580 |

The third quarter was the dearest [p. 2]. The converter costs 8,400 euros and pays for itself in 14 months [p. 3].

- [ ] **Ben** — orders a third pump (by 15 January) [p. 3]
"""

DEMOS: Mapping[str, Demo] = {
    STREAMED: Demo((Reply(_HEAT_PUMP),)),
    SUMMARY: Demo((Reply(_AUGUST, reasoning=_AUGUST_THOUGHT),), notes=_AUGUST_NOTES),
    TABLE: Demo(
        (
            _calls(
                ("make_table", {"title": "Sites, 2025", "columns": _COLUMNS, "rows": [_site(at) for at in range(8)]})
            ),
            Reply("Eight sites, twelve columns. **Halle** is the largest, **Aachen** the smallest."),
        )
    ),
    STOPPED: Demo((Reply(_STORY),)),
    REGENERATED: Demo((Reply(_NAMES[0]),), again=(Reply(_NAMES[1]),)),
    ZOOMED: Demo(
        (
            _calls(
                ("zoom", {"image": "img_1", "box": list(SMALL_PRINT)}),
                reasoning="The plate is too small to read in the whole picture. I will look closer.",
            ),
            Reply(
                "![The plate](zoom_1)\n\nIt needs **ISO VG 46**, 2.4 litres, changed **every 2,000 hours**. The same "
                "plate sets the relief valve to 14.5 bar, and names the filter: 77-1130."
            ),
        )
    ),
    BOXES: Demo((Reply(f"I see five of them; only the drill is off.\n\n{_BOXES}"),)),
    PICTURES: Demo(
        (
            _calls(
                ("zoom", {"image": "img_1", "box": [50, 210, 485, 550]}),
                ("zoom", {"image": "img_1", "box": [530, 440, 940, 600]}),
            ),
            Reply(_WRONG),
        )
    ),
    PAGE: Demo(
        (
            _page("Here it is, with nothing loaded from elsewhere.", pages.FIRST),
            _page("", pages.IMPROVED),
        )
    ),
    GREEN: Demo((_page("The button is green now.", pages.SECOND),)),
    LOG_IN: Demo((_page("There is a line to log in below the button.", pages.THIRD),)),
    APPROVED: Demo(
        (
            _calls(("tickets_create_ticket", {"title": "Order a third pump", "owner": "Ben", "due": "2026-01-15"})),
            Reply("Done: the ticket is written, and Ben is its owner."),
        )
    ),
    SUMMARISED: Demo((Reply(_SUMMARY),)),
}
