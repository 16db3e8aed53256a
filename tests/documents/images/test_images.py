import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from bot.core.model.tokens import image_tokens
from bot.documents.images.encode import MOST_BYTES, encode
from bot.documents.images.images import crop, prepare, prepare_levels
from tests.documents.drawn_pages import (
    QUARTERS,
    are_near,
    corners,
    landscape,
    noise,
    opened,
    page,
    png,
    quarters,
    saved,
)


def test_a_small_screenshot_is_sent_whole_on_the_models_grid() -> None:
    sent = prepare(png(quarters(560, 308)), "shot.png")
    assert (sent.mime, sent.width, sent.height) == ("image/png", 560, 308)
    assert sent.tokens == image_tokens(560, 308) == 220
    assert (sent.source_width, sent.source_height, sent.frames, sent.note) == (560, 308, 1, "")
    assert corners(opened(sent.data)) == QUARTERS


@pytest.mark.parametrize("size", [(2, 2), (16, 16), (640, 480), (1001, 999), (3000, 40), (2560, 1440)])
def test_what_is_said_is_what_is_sent(size: tuple[int, int]) -> None:
    sent = prepare(png(quarters(*size)))
    picture = opened(sent.data)
    assert picture.size == (sent.width, sent.height)
    assert sent.width % 28 == sent.height % 28 == 0
    assert sent.tokens == sent.width * sent.height // 784 == image_tokens(sent.width, sent.height)
    assert 8 <= sent.tokens <= 6144


def test_a_code_editor_with_small_type_keeps_every_pixel() -> None:
    source = page((2560, 1440), 14, "#d4d4d4", "#1e1e1e")
    sent = prepare(png(source))
    assert (sent.width, sent.height, sent.mime) == (2576, 1456, "image/png")
    pixels = np.asarray(opened(sent.data).convert("RGB"))
    assert np.array_equal(pixels[:1440, :2560], np.asarray(source))
    assert tuple(pixels[-1, -1]) == (0x1E, 0x1E, 0x1E)


def test_a_wide_table_with_small_type_gets_nearly_all_the_model_takes() -> None:
    sent = prepare(png(page((3840, 1600), 15)))
    assert 5800 <= sent.tokens <= 0.97 * 6144


def test_a_phone_screenshot_is_sent_small_but_not_below_a_thousand() -> None:
    sent = prepare(png(page((1170, 2532), 40)))
    assert 500 <= sent.tokens <= 1000
    assert sent.height >= 1000


def test_a_photo_is_sent_small() -> None:
    sent = prepare(saved(landscape(2000, 1500), "JPEG"))
    assert sent.mime == "image/jpeg"
    assert (sent.width, sent.height) == (1008, 756)


def test_a_scan_is_sent_at_a_hundred_dpi_or_a_little_more() -> None:
    scan = noise(page((1654, 2339), 28), 6)
    assert 900 <= prepare(saved(scan, "JPEG")).tokens <= 2200


def test_type_with_pixels_to_spare_is_made_smaller_than_type_that_is_small_already() -> None:
    assert prepare(png(page((2480, 3508), 40))).tokens < 1300


def test_nothing_is_enlarged_but_the_tiniest() -> None:
    assert prepare(png(quarters(90, 62))).width <= 112
    assert prepare(png(quarters(8, 8))).tokens >= 8


@pytest.mark.parametrize("size", [(9000, 12), (12, 9000), (20_000, 1), (6500, 30)])
def test_slivers_get_a_margin_instead_of_a_refusal(size: tuple[int, int]) -> None:
    sent = prepare(png(Image.new("RGB", size, "navy")))
    assert max(sent.width, sent.height) <= 6000
    assert max(sent.width, sent.height) / min(sent.width, sent.height) <= 200
    assert opened(sent.data).convert("RGB").getpixel((0, 0)) != (255, 255, 255)


def test_a_long_page_says_that_its_type_was_lost() -> None:
    data = png(page((500, 7000), 13))
    assert prepare(data).height <= 6000
    assert "unreadable" in prepare(data, "", 400).note
    assert prepare(png(page((500, 700), 13))).note == ""


def test_levels_are_bounded_and_the_same_bytes_every_time() -> None:
    data = png(page((1200, 900), 13))
    levels = prepare_levels(data, "page.png", (6144, 900, 400))
    assert [level.tokens <= cap for level, cap in zip(levels, (6144, 900, 400), strict=True)] == [True] * 3
    assert levels[0].tokens > levels[1].tokens > levels[2].tokens > 300
    assert levels == prepare_levels(data, "other.png", (6144, 900, 400))
    assert [prepare(data, "page.png", cap) for cap in (6144, 900, 400)] == list(levels)


def test_levels_differ_in_nothing_when_the_picture_is_small() -> None:
    first, second = prepare_levels(png(quarters(200, 200)), "", (6144, 1536))
    assert dataclasses.asdict(first) == dataclasses.asdict(second)


def test_the_source_is_told() -> None:
    frames = [quarters(100, 80), Image.new("RGB", (100, 80), "black"), Image.new("RGB", (100, 80), "white")]
    sent = prepare(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (sent.frames, sent.note) == (3, "first of 3 frames")


def test_no_metadata_travels() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    sent = prepare(saved(landscape(600, 400), "JPEG", exif=exif, comment=b"private words"))
    assert sent.mime == "image/jpeg"
    assert b"taken at home" not in sent.data
    assert b"private" not in sent.data
    assert not opened(sent.data).getexif()


def test_pure_noise_stays_below_the_apis_limit() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (2184, 2184, 3), dtype=np.uint8)
    mime, data = encode(Image.fromarray(pixels))
    assert (mime, len(data) <= MOST_BYTES) == ("image/jpeg", True)


def test_colour_keeps_its_full_resolution() -> None:
    with Image.open(io.BytesIO(prepare(saved(landscape(560, 560), "JPEG")).data)) as sent:
        assert sent.format == "JPEG"
        layers = getattr(sent, "layer", [])
    assert {layer[1:3] for layer in layers} == {(1, 1)}


def test_a_crop_is_the_sources_own_pixels() -> None:
    source = quarters(1120, 560)
    sent = crop(png(source), (500, 0, 1000, 500))
    assert (sent.width, sent.height) == (560, 280)
    assert corners(opened(sent.data)) == ((0, 160, 0),) * 4
    assert (sent.source_width, sent.source_height) == (1120, 560)


@pytest.mark.parametrize("box", [(-1, 0, 500, 500), (0, 0, 500, 1001), (0, 0, float("nan"), 500), (400, 0, 1300, 9)])
def test_a_crop_outside_the_picture_is_refused_with_what_to_do(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="must be from 0 to 1000"):
        crop(png(quarters(560, 560)), box)


@pytest.mark.parametrize("box", [(900, 100, 100, 900), (100, 900, 900, 100), (500, 500, 500, 500), (0, 7, 1000, 7)])
def test_an_empty_or_reversed_crop_is_refused_with_what_to_do(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="left < right and top < bottom"):
        crop(png(quarters(560, 560)), box)


def test_a_small_crop_is_enlarged_in_whole_times_and_says_so() -> None:
    source = quarters(2000, 1200)
    for box, times in (((0, 0, 500, 500), 1), ((0, 0, 250, 250), 2), ((0, 0, 150, 150), 3), ((0, 0, 50, 100), 4)):
        sent = crop(png(source), box)
        assert abs(sent.width - box[2] * 2 * times) <= 14
        assert sent.note == (f"enlarged {times} times" if times > 1 else "")
        assert are_near(corners(opened(sent.data)), (QUARTERS[0],) * 4)


def test_small_print_in_a_crop_is_shown_larger_than_it_is() -> None:
    data = png(page((3000, 2000), 9))
    assert crop(data, (0, 0, 100, 100)).width > 800
    assert crop(data, (0, 0, 100, 100), 64).tokens <= 64


def test_a_crop_below_a_patch_is_widened_to_one_and_says_so() -> None:
    sent = crop(png(quarters(560, 560)), (490, 490, 510, 510))
    assert (sent.width, sent.height) == (112, 112)
    assert sent.note == "the box is smaller than the model can see, so a little around it is shown; enlarged 4 times"
    assert are_near(corners(opened(sent.data)), QUARTERS)
    edge = crop(png(quarters(560, 560)), (999, 999, 1000, 1000))
    assert are_near(corners(opened(edge.data)), (QUARTERS[3],) * 4)


def test_a_crop_keeps_to_its_cap_and_to_turning() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    data = saved(quarters(1200, 800).rotate(90, expand=True), "JPEG", quality=95, exif=turned)
    sent = crop(data, (0, 0, 1000, 1000), 400)
    assert sent.tokens <= 400
    assert are_near(corners(opened(sent.data)), QUARTERS)
