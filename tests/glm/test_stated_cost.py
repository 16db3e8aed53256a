"""What an answer costs: what the provider states, else the catalog's price."""

import pytest

from bot.core.model.usage import Usage
from bot.glm.stream.wire import usage_of


@pytest.mark.parametrize(
    ("told", "cost"),
    [
        (0.0042, 0.0042),
        (3, 3.0),
        (0, 0.0),
        (None, 0.0),
        (-1, 0.0),
        (True, 0.0),
        ("0.5", 0.0),
        (float("nan"), 0.0),
        (float("inf"), 0.0),
    ],
)
def test_a_cost_is_read_where_the_provider_states_one(told: object, cost: float) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "cost": told}
    assert usage_of(usage) == Usage(10, 5)
    assert usage_of(usage).cost == cost
