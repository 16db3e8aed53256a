"""Models are the models that people can choose: those of the configured provider, with prices and abilities."""

from dataclasses import dataclass
from difflib import get_close_matches
from itertools import takewhile

from bot.core.model.usage import Price

MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """`name` is spelled as the provider spells it. `price` is None when it is not known."""

    name: str
    title: str
    has_vision: bool = True
    context_tokens: int = 131_072
    price: Price | None = None

    @property
    def short_name(self) -> str:
        """The name without the vendor, in small letters. People type this."""
        return self.name.rstrip("/").rsplit("/", 1)[-1].lower()


@dataclass(frozen=True, slots=True)
class Models:
    """`default` is the configured model. It is the first of `offered`."""

    offered: tuple[OfferedModel, ...]

    @property
    def default(self) -> OfferedModel:
        return self.offered[0]

    def find(self, typed: str) -> OfferedModel | None:
        """Find a model by its name, its title or its short name, in small or capital letters."""
        word = typed.strip().lower()
        return next((model for model in self.offered if word in _names(model)), None)

    def counting(self, chosen: str) -> OfferedModel:
        """Return the model that answers when this name was chosen. That is the default model when nothing was chosen,
        or when the chosen model is no longer offered, for example after a change of provider.
        """
        return next((model for model in self.offered if model.name == chosen), self.default)

    def other(self, chosen: str) -> str:
        """Return the name of the model that answers, or "" when that is the default model."""
        model = self.counting(chosen)
        return "" if model is self.default else model.name

    def near(self, typed: str) -> tuple[OfferedModel, ...]:
        """Return models with similar names, for a name that was typed wrong."""
        word = typed.strip().lower().rsplit("/", 1)[-1]
        names = get_close_matches(word, [model.short_name for model in self.offered], n=MOST_NEAR, cutoff=0.5)
        return tuple(model for name in names for model in self.offered if model.short_name == name)

    def nearest_that_sees(self, name: str) -> OfferedModel | None:
        """Return the model with the most similar name that can see pictures. Of equals it is the first one offered."""
        seeing = [model for model in self.offered if model.has_vision and model.name != name]
        chosen = self.counting(name).short_name
        return max(seeing, key=lambda model: _common_prefix(chosen, model.short_name), default=None)


def _names(model: OfferedModel) -> frozenset[str]:
    return frozenset({model.name.lower(), model.short_name, model.title.lower()})


def _common_prefix(name: str, other: str) -> int:
    """Return the number of letters that both names begin with."""
    pairs = zip(name, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
