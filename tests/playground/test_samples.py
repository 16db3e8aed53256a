import io
from pathlib import Path

from PIL import Image

from bot.documents.detect.sniff import sniff
from bot.documents.images.images import prepare
from bot.playground import samples


def test_pictures_are_the_same_every_time_and_small_enough_to_ship_in_a_page() -> None:
    first, second = samples.draw_all(), samples.draw_all()
    assert first == second
    assert len(first) == 4
    for name, data in first.items():
        assert name.endswith(".png")
        assert sniff(data).kind == "png"
        assert len(data) < 2_500_000


def test_pictures_reach_the_model_with_their_type_readable() -> None:
    for data in samples.draw_all().values():
        sent = prepare(data)
        assert 500 <= sent.tokens <= 2500
        assert sent.note == ""
        with Image.open(io.BytesIO(data)) as picture:
            assert max(sent.width, sent.height) >= min(1000, max(picture.size))


def test_the_error_is_there_to_be_found() -> None:
    lines = sum(count * price for _, count, price in samples._ITEMS) + samples._SHIPPING
    assert round(lines, 2) == 54.65 != samples._WRONG_TOTAL


def test_all_words_are_in_the_font_that_pillow_carries() -> None:
    source = Path(samples.__file__).read_text(encoding="utf-8")
    drawn = source.split('"""', 2)[2].replace("File name → PNG bytes.", "")
    assert {letter for letter in drawn if not letter.isascii()} <= {"·"}
