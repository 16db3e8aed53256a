"""The models that people can choose among: those of the provider that is set, with what each can see and costs."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.model.usage import Price

MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """`name` is spelt as the provider spells it; `price` None: nobody could find it out."""

    name: str
    title: str
    has_vision: bool = True
    context_tokens: int = 131_072
    price: Price | None = None

    @property
    def short_name(self) -> str:
        """Without the vendor, in small letters: what people type."""
        return self.name.rstrip("/").rsplit("/", 1)[-1].lower()


@dataclass(frozen=True, slots=True)
class Models:
    """`default` is the one that the operator has set, and the first of `offered`."""

    offered: tuple[OfferedModel, ...]

    @property
    def default(self) -> OfferedModel:
        return self.offered[0]

    def find(self, typed: str) -> OfferedModel | None:
        """By its name, its title or its name without the vendor, in whatever letters."""
        word = typed.strip().lower()
        return next((one for one in self.offered if word in _names(one)), None)

    def counting(self, chosen: str) -> OfferedModel:
        """The model that answers where this one was chosen: the default where nothing was, or where it is offered no
        more, as after a change of provider.
        """
        return next((one for one in self.offered if one.name == chosen), self.default)

    def other(self, chosen: str) -> str:
        """The name of the model that answers, where that is not the default; else empty."""
        model = self.counting(chosen)
        return "" if model is self.default else model.name

    def near(self, typed: str) -> tuple[OfferedModel, ...]:
        """Those that may have been meant."""
        word = typed.strip().lower().rsplit("/", 1)[-1]
        found = get_close_matches(word, [one.short_name for one in self.offered], n=MOST_NEAR, cutoff=0.5)
        return tuple(one for name in found for one in self.offered if one.short_name == name)

    def nearest_that_sees(self, name: str) -> OfferedModel | None:
        """The model with the likest name that can look at pictures, of equals the first that is offered."""
        seeing = [one for one in self.offered if one.has_vision and one.name != name]
        chosen = self.counting(name).short_name
        return max(seeing, key=lambda one: _shared(chosen, one.short_name), default=None)


def _names(model: OfferedModel) -> frozenset[str]:
    return frozenset({model.name.lower(), model.short_name, model.title.lower()})


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
