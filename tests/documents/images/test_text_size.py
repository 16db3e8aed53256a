import numpy as np
import pytest
from PIL import Image, ImageDraw

from bot.documents.images.components import components
from bot.documents.images.text_size import smallest_type_px
from tests.cost import cost_s
from tests.documents.drawn_pages import landscape, noise, page, png, write

CAPITAL = 0.7  # of the em, in Pillow's own font


def test_components_are_boxes_of_what_touches() -> None:
    ink = np.zeros((9, 12), np.bool_)
    ink[1:3, 1:4] = True  # a block …
    ink[3, 4] = True  # … touched at its corner
    ink[5:8, 2] = ink[5:8, 6] = ink[7, 2:7] = True  # a U, whose arms join at the bottom
    ink[0, 9] = True
    boxes = components(ink)
    found = sorted(zip(boxes.left, boxes.top, boxes.right, boxes.bottom, strict=True))
    assert found == [(1, 1, 5, 4), (2, 5, 7, 8), (9, 0, 10, 1)]
    assert len(components(np.zeros((4, 4), np.bool_)).left) == 0


@pytest.mark.parametrize("ink_on_ground", [("black", "white"), ("#d4d4d4", "#1e1e1e"), ("#999999", "white")])
@pytest.mark.parametrize("type_px", [11, 14, 20, 28, 40, 64])
def test_type_is_measured(type_px: int, ink_on_ground: tuple[str, str]) -> None:
    found = smallest_type_px(page((1400, 900), type_px, *ink_on_ground))
    assert found is not None
    assert 0.6 <= found / (type_px * CAPITAL) <= 1.35


def test_the_smallest_type_that_matters_counts() -> None:
    picture = page((1600, 1000), 40)
    ImageDraw.Draw(picture).rectangle((0, 800, 1600, 1000), fill="white")
    write(picture, 13, "#444444", (40, 820, 1500, 980))
    found = smallest_type_px(picture)
    assert found is not None
    assert found < 13


def test_a_page_askew_and_grainy() -> None:
    scan = noise(page((1700, 1200), 40).rotate(1.5, Image.Resampling.BICUBIC, fillcolor="white"), 8)
    found = smallest_type_px(scan)
    assert found is not None
    assert 16 <= found <= 38


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_on_its_side_or_head(turn: int) -> None:
    found = smallest_type_px(page((1400, 900), 16).rotate(turn, expand=True))
    assert found is not None
    assert 6 <= found <= 15


def test_type_larger_than_a_tile() -> None:
    found = smallest_type_px(page((2400, 2400), 200))
    assert found is not None
    assert 90 <= found <= 180


def test_a_label_on_a_photo_is_found() -> None:
    photo = landscape(2000, 1500)
    ImageDraw.Draw(photo).rectangle((600, 600, 1500, 1000), fill="#f5f5f0")
    write(photo, 44, "#222222", (630, 620, 1480, 990))
    found = smallest_type_px(noise(photo, 6))
    assert found is not None
    assert 18 <= found <= 42


def label(photo: Image.Image, type_px: int, degrees: float, place: tuple[int, int]) -> None:
    paper = Image.new("RGB", (1000, 500), "#f5f5f0")
    write(paper, type_px, "#222222", (30, 20, 980, 480))
    turned = paper.convert("RGBA").rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    photo.paste(turned, place, turned)


@pytest.mark.parametrize("degrees", [-75, -40, -15, 8, 15, 30, 45, 60, 105])
@pytest.mark.parametrize("type_px", [20, 36])
def test_type_that_is_tilted_is_measured(type_px: int, degrees: float) -> None:
    photo = landscape(2000, 1500)
    label(photo, type_px, degrees, (400, 150))
    found = smallest_type_px(noise(photo, 5))
    assert found is not None
    assert 0.7 <= found / (type_px * CAPITAL) <= 1.3


def test_small_type_that_is_tilted_counts_beside_large_type_that_is_not() -> None:
    photo = landscape(2400, 1500)
    ImageDraw.Draw(photo).rectangle((1300, 900, 2390, 1490), fill="#f5f5f0")
    write(photo, 90, "#222222", (1330, 920, 2380, 1480))
    label(photo, 20, 20, (50, 50))
    found = smallest_type_px(noise(photo, 5))
    assert found is not None
    assert found <= 20


@pytest.mark.parametrize("strength", [0, 20])
def test_photos_have_no_type(strength: int) -> None:
    assert smallest_type_px(noise(landscape(2000, 1500), strength)) is None


def test_noise_gradients_and_emptiness_have_no_type() -> None:
    assert smallest_type_px(noise(Image.new("RGB", (1200, 900), "gray"), 40)) is None
    assert smallest_type_px(Image.linear_gradient("L").resize((1200, 900)).convert("RGB")) is None
    assert smallest_type_px(Image.new("RGB", (1, 1))) is None
    assert smallest_type_px(Image.new("RGB", (5000, 3), "white")) is None


def test_it_takes_no_longer_than_a_blink() -> None:
    picture = page((2560, 1440), 12)
    smallest_type_px(picture)
    assert cost_s(lambda: smallest_type_px(picture)) < 4 * cost_s(lambda: png(picture))
