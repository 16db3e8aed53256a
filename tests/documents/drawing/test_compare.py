import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from bot import errors
from bot.core.drawing import Box
from bot.documents.drawing.compare import MOST_BOXES, compare
from bot.documents.drawing.side_by_side import side_by_side
from tests.documents.drawn_pages import are_near, corners, landscape, opened, page, png, quarters, saved

WIDTH, HEIGHT = 1200, 720
PAGE = page((WIDTH, HEIGHT), 15)
PLACE = (900, 600, 1100, 660)


def painted(box: tuple[int, int, int, int], colour: str, ground: Image.Image = PAGE) -> Image.Image:
    picture = ground.copy()
    ImageDraw.Draw(picture).rectangle(box, fill=colour)
    return picture


def of_page(box: Box) -> tuple[float, ...]:
    return box[0] * WIDTH / 1000, box[1] * HEIGHT / 1000, box[2] * WIDTH / 1000, box[3] * HEIGHT / 1000


def surrounds(box: Box, place: tuple[int, int, int, int], by: int = 12) -> bool:
    return all(abs(found - side) <= by for found, side in zip(of_page(box), place, strict=True))


def test_the_same_picture_is_wholly_like_itself() -> None:
    for other in (png(PAGE), saved(PAGE, "BMP")):
        found = compare(png(PAGE), other)
        assert (found.similarity, found.boxes) == (1.0, ())


def test_what_was_changed_is_found_where_it_is() -> None:
    found = compare(png(PAGE), png(painted(PLACE, "orange")))
    assert len(found.boxes) == 1
    assert surrounds(found.boxes[0], PLACE)
    assert 0.9 < found.similarity < 0.995


def test_a_change_of_colour_alone_is_found() -> None:
    """Both are as light as the other."""
    red, green = Image.new("RGB", (1, 1), "#c83939").convert("L"), Image.new("RGB", (1, 1), "#007b00").convert("L")
    assert abs(red.getpixel((0, 0)) - green.getpixel((0, 0))) <= 30  # type: ignore[operator]
    found = compare(png(painted(PLACE, "#007b00")), png(painted(PLACE, "#c83939")))
    assert len(found.boxes) == 1
    assert surrounds(found.boxes[0], PLACE)


def test_a_changed_word_is_found() -> None:
    other = painted((400, 300, 450, 316), "white")
    ImageDraw.Draw(other).text((400, 300), "ZEBRA", fill="black", font=ImageFont.load_default(15))
    found = compare(png(PAGE), png(other))
    assert len(found.boxes) == 1
    assert surrounds(found.boxes[0], (400, 300, 450, 316))
    assert found.similarity > 0.99


def test_the_largest_difference_comes_first() -> None:
    other = painted((100, 100, 160, 130), "blue", painted(PLACE, "orange"))
    found = compare(png(PAGE), png(other))
    assert len(found.boxes) == 2
    assert surrounds(found.boxes[0], PLACE)
    assert surrounds(found.boxes[1], (100, 100, 160, 130))


def test_there_are_no_more_boxes_than_can_be_looked_at() -> None:
    other = Image.new("RGB", (1000, 1000), "white")
    for at in range(49):
        ImageDraw.Draw(other).rectangle(
            (at % 7 * 140, at // 7 * 140, at % 7 * 140 + 30 + at, at // 7 * 140 + 40), "red"
        )
    found = compare(png(Image.new("RGB", (1000, 1000), "white")), png(other))
    assert len(found.boxes) == MOST_BOXES
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in found.boxes]
    assert areas == sorted(areas, reverse=True)


def test_saving_again_is_no_difference() -> None:
    found = compare(png(PAGE), saved(PAGE, "JPEG", quality=60))
    assert found.boxes == ()
    assert found.similarity > 0.95
    photo = landscape(1000, 750)
    found = compare(saved(photo, "JPEG"), saved(photo.resize((500, 375)), "JPEG", quality=80))
    assert found.boxes == ()
    assert found.similarity > 0.85


@pytest.mark.parametrize("by", [(7, 5), (-9, -23)])
def test_a_picture_that_was_moved_a_little_is_moved_back(by: tuple[int, int]) -> None:
    ground = Image.new("RGB", (WIDTH, HEIGHT), "white")
    ground.paste(page((1000, 600), 15), (100, 80))
    found = compare(png(ground), png(ImageChops.offset(ground, *by)))
    assert found.similarity > 0.99
    assert found.boxes == ()


def test_a_change_in_a_moved_picture_is_where_it_is_in_the_second() -> None:
    moved = ImageChops.offset(painted(PLACE, "orange"), 12, -20)
    found = compare(png(PAGE), png(moved))
    assert surrounds(found.boxes[0], (912, 580, 1112, 640))


def test_another_size_is_no_difference_but_another_length_is() -> None:
    assert compare(png(PAGE), png(PAGE.resize((WIDTH // 2, HEIGHT // 2)))).similarity > 0.97
    longer = Image.new("RGB", (WIDTH, HEIGHT * 3 // 2), "white")
    longer.paste(PAGE)
    found = compare(png(PAGE), png(longer))
    assert found.similarity == pytest.approx(2 / 3, abs=0.01)
    assert len(found.boxes) == 1
    assert found.boxes[0] == pytest.approx((0, 666.7, 1000, 1000), abs=2)
    shorter = compare(png(longer), png(PAGE))
    assert shorter.similarity == pytest.approx(2 / 3, abs=0.01)
    assert shorter.boxes == ((0.0, 996.0, 1000.0, 1000.0),)


def test_a_wider_window_is_told_from_a_zoom() -> None:
    wider = Image.new("RGB", (1500, HEIGHT), "white")
    wider.paste(PAGE)
    found = compare(png(PAGE), png(wider))
    assert len(found.boxes) == 1
    assert found.boxes[0] == pytest.approx((800, 0, 1000, 1000), abs=3)


def test_pictures_that_have_nothing_in_common_are_not_alike() -> None:
    for other in (landscape(300, 900), page((WIDTH, HEIGHT), 15, "white", "black")):
        found = compare(png(PAGE), png(other))
        assert found.similarity < 0.1
        assert found.boxes[0] == (0.0, 0.0, 1000.0, 1000.0)


@pytest.mark.parametrize("sizes", [((1, 1), (1, 1)), ((5, 3), (3, 5)), ((3000, 1), (1, 3000)), ((2, 2), (900, 700))])
def test_odd_sizes_are_compared_too(sizes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    found = compare(png(Image.new("RGB", sizes[0], "white")), png(Image.new("RGB", sizes[1], "black")))
    assert 0 <= found.similarity < 0.5
    assert all(0 <= box[0] < box[2] <= 1000 and 0 <= box[1] < box[3] <= 1000 for box in found.boxes)


def test_the_difference_is_shown_on_both() -> None:
    found = compare(png(PAGE), png(painted(PLACE, "orange"))).picture
    picture = opened(found.data).convert("RGB")
    assert (found.width, found.height) == picture.size
    assert found.width > 2 * WIDTH
    half = found.width // 2
    for part in (picture.crop((0, 0, half, found.height)), picture.crop((half, 0, found.width, found.height))):
        colours = {colour for _, colour in part.getcolors(1 << 20) or []}
        assert any(abs(int(red) - 213) + abs(int(green) - 94) + int(blue) < 40 for red, green, blue in colours)  # type: ignore[misc]


def test_two_pictures_stand_side_by_side_under_their_headings() -> None:
    plain = side_by_side(
        png(quarters(800, 480)), png(quarters(400, 240).transpose(Image.Transpose.ROTATE_180)), ("", "")
    )
    told = side_by_side(png(quarters(800, 480)), png(quarters(400, 240)), ("original", "结果"))
    assert told.height > plain.height
    picture = opened(plain.data).convert("RGB")
    half = plain.width // 2
    left, right = picture.crop((0, 0, half, plain.height)), picture.crop((half, 0, plain.width, plain.height))
    assert are_near(corners(left), ((255, 0, 0), (0, 160, 0), (0, 0, 255), (255, 255, 0)))
    assert are_near(corners(right), ((255, 255, 0), (0, 0, 255), (0, 160, 0), (255, 0, 0)))


def test_pages_of_the_same_width_keep_their_scale() -> None:
    found = side_by_side(png(quarters(1000, 500)), png(quarters(1000, 1500)), ("", ""))
    assert 2000 < found.width < 2150
    assert 1500 < found.height < 1600


def test_a_broken_picture_is_refused_in_words_for_people() -> None:
    with pytest.raises(errors.FileBroken) as refused:
        compare(png(PAGE), png(PAGE)[:70])
    assert "damaged" in refused.value.user_message
