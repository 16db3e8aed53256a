import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model.tokens import (
    MAX_IMAGE_TOKENS,
    MIN_IMAGE_TOKENS,
    estimate_json_tokens,
    estimate_tokens,
    fit_to_grid,
    image_tokens,
)


@pytest.mark.parametrize(
    ("width", "height", "tokens"),
    [
        (1280, 720, 1196),
        (1920, 1080, 2691),
        (2560, 1440, 4641),
        (3840, 2160, 6032),
        (1024, 1024, 1369),
        (1170, 2532, 3780),
        (595, 842, 630),
        (8693, 5796, 6080),
        (1, 1, 9),
    ],
)
def test_image_tokens_are_those_of_the_model_s_own_processor(width: int, height: int, tokens: int) -> None:
    assert image_tokens(width, height) == tokens


def test_a_picture_longer_than_200_to_1_is_refused() -> None:
    assert image_tokens(28 * 200, 28) == 200
    with pytest.raises(ValueError, match="aspect"):
        image_tokens(28 * 201, 28)
    with pytest.raises(ValueError, match="0 x 5"):
        fit_to_grid(0, 5)


@given(st.integers(1, 9000), st.integers(1, 9000), st.integers(1, 7000))
def test_the_grid_keeps_to_its_promises(width: int, height: int, max_tokens: int) -> None:
    if max(width, height) / max(min(width, height), 1) > 199:
        return
    grid_width, grid_height = fit_to_grid(width, height, max_tokens)
    tokens = grid_width * grid_height // 784
    assert grid_width % 28 == grid_height % 28 == 0
    assert tokens >= 1
    assert tokens <= max(min(max_tokens, MAX_IMAGE_TOKENS), MIN_IMAGE_TOKENS) or width * height < 12544


def test_the_grid_is_where_the_grid_stays() -> None:
    size = fit_to_grid(4032, 3024, 1200)
    assert fit_to_grid(*size, 1200) == size
    assert math.isclose(size[0] / size[1], 4032 / 3024, rel_tol=0.05)


def test_text_is_estimated_by_script() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("a" * 36) == 10
    assert estimate_tokens("模型" * 5) == 6
    assert estimate_tokens("模" * 10 + "a" * 36) == 16
    assert estimate_tokens("é" * 36) == 10
    assert estimate_json_tokens("x" * 32) == 10
