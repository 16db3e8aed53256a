"""The examples to try in the home tab, each with its picture and a question."""

from dataclasses import dataclass
from importlib.resources import files

from bot.words import text

TRY = "home_try"


@dataclass(frozen=True, slots=True)
class Example:
    """`picture` is the name of its file, and the value of its button. `question` and `about` are marked texts."""

    picture: str
    question: str
    about: str

    def data(self) -> bytes:
        return files("bot.slack.home").joinpath("pictures", self.picture).read_bytes()


EXAMPLES = (
    Example(
        "checkout-error.png",
        text("What is wrong in this screenshot?"),
        text("The checkout of a shop, which does not take the payment"),
    ),
    Example("sales-chart.png", text("What stands out in this chart?"), text("A year of sales, month by month")),
    Example(
        "floor-plan.png",
        text("Which rooms are on this plan, and how large are they?"),
        text("The second floor of an office"),
    ),
)


def example_of(picture: str) -> Example | None:
    return next((example for example in EXAMPLES if example.picture == picture), None)
