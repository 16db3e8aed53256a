import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bot import errors
from bot.core.drawing import EncodedPicture, Mark
from bot.documents.drawing import fonts
from bot.documents.drawing.annotate import MOST_SIDE, annotate
from bot.documents.drawing.fonts import Font
from bot.documents.drawing.label_placement import Style, place, tag_for
from bot.documents.pages.checks import check_mark
from tests.documents.drawn_pages import QUARTERS, are_near, corners, landscape, opened, page, png, quarters, saved

Mask = NDArray[np.bool_]

GREY = (128, 128, 128)
ORANGE, BLUE = (213, 94, 0), (0, 114, 178)


def plain(width: int = 800, height: int = 600) -> bytes:
    return png(Image.new("RGB", (width, height), GREY))


def pixels(drawn: EncodedPicture) -> NDArray[np.int64]:
    return np.asarray(opened(drawn.data).convert("RGB")).astype(np.int64)


def changed(drawn: EncodedPicture) -> Mask:
    return np.asarray(np.abs(pixels(drawn) - GREY).max(axis=2) > 60)


def extent(mask: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def is_coloured(drawn: EncodedPicture, colour: tuple[int, int, int]) -> Mask:
    return np.asarray(np.abs(pixels(drawn) - colour).max(axis=2) < 12)


@pytest.mark.parametrize("size", [(800, 600), (37, 512), (1, 1), (3000, 40)])
def test_a_marked_picture_keeps_its_size(size: tuple[int, int]) -> None:
    drawn = annotate(plain(*size), "a.png", (Mark("box", (100, 100, 900, 900), "thing", 1),))
    assert (drawn.width, drawn.height) == opened(drawn.data).size == size


def test_a_very_large_picture_keeps_its_shape() -> None:
    drawn = annotate(plain(6000, 3000), "a.png", ())
    assert (drawn.width, drawn.height) == (MOST_SIDE, MOST_SIDE // 2)


def test_photos_are_marked_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    data = saved(quarters(1200, 800).rotate(90, expand=True), "JPEG", quality=95, exif=turned)
    drawn = annotate(data, "photo.jpg", (Mark("point", (500, 500, 500, 500), number=1),))
    assert (drawn.width, drawn.height) == (1200, 800)
    assert are_near(corners(opened(drawn.data)), QUARTERS)


def test_photos_stay_jpeg_and_screenshots_png() -> None:
    assert annotate(saved(landscape(600, 400), "JPEG"), "a.jpg", ()).mime == "image/jpeg"
    assert annotate(png(page((600, 400), 14)), "a.png", ()).mime == "image/png"


def test_a_box_is_drawn_around_its_place_and_covers_nothing_of_it() -> None:
    drawn = annotate(plain(), "a.png", (Mark("box", (250, 250, 750, 750)),))
    left, top, right, bottom = extent(changed(drawn))
    assert all(
        abs(found - side) <= 12 for found, side in zip((left, top, right, bottom), (200, 150, 600, 450), strict=True)
    )
    assert not changed(drawn)[152:448, 202:598].any()


def test_a_box_has_a_light_and_a_dark_line_beside_its_colour() -> None:
    for ground in ("white", "black", "#d55e00"):
        drawn = annotate(png(Image.new("RGB", (800, 600), ground)), "a.png", (Mark("box", (250, 250, 750, 750)),))
        across = pixels(drawn)[300, 185:202].tolist()
        assert [255, 255, 255] in across
        assert [20, 20, 20] in across
        assert list(ORANGE) in across


def test_an_arrow_points_from_its_first_corner_to_its_second() -> None:
    drawn = annotate(plain(), "a.png", (Mark("arrow", (200, 500, 800, 500)),))
    marked = changed(drawn)
    left, _, right, _ = extent(marked)
    assert abs(left - 160) < 12
    assert abs(right - 640) < 20
    thickness = marked.sum(axis=0)
    assert thickness[615:640].max() > 1.5 * thickness[300]


def test_an_arrow_may_go_backwards_and_up() -> None:
    drawn = annotate(plain(), "a.png", (Mark("arrow", (800, 800, 300, 300)),))
    left, top, _, _ = extent(changed(drawn))
    assert abs(left - 240) < 20
    assert abs(top - 180) < 20


def test_a_point_is_a_small_mark_at_its_place() -> None:
    drawn = annotate(plain(), "a.png", (Mark("point", (500, 250, 500, 250)),))
    left, top, right, bottom = extent(changed(drawn))
    assert abs((left + right) / 2 - 400) < 2
    assert abs((top + bottom) / 2 - 150) < 2
    assert 8 < right - left < 60


def test_numbers_and_words_are_written_inside_the_picture() -> None:
    for box in ((0, 0, 1000, 1000), (980, 400, 1000, 600), (0, 960, 20, 1000)):
        bare = annotate(plain(), "a.png", (Mark("box", box),))
        told = annotate(plain(), "a.png", (Mark("box", box, "a label of some length", 12),))
        assert (changed(told) & ~changed(bare)).sum() > 2000
    number = annotate(plain(), "a.png", (Mark("box", (0, 0, 500, 500), "", 1),))
    other = annotate(plain(), "a.png", (Mark("box", (0, 0, 500, 500), "", 8),))
    assert not np.array_equal(pixels(number), pixels(other))


def test_a_label_stands_alone_at_its_place() -> None:
    drawn = annotate(plain(), "a.png", (Mark("label", (400, 400, 600, 600), "Valve"),))
    left, top, right, bottom = extent(changed(drawn))
    assert abs((left + right) / 2 - 400) < 3
    assert abs((top + bottom) / 2 - 300) < 3


def test_neither_number_nor_word_means_no_tag() -> None:
    assert not changed(annotate(plain(), "a.png", (Mark("label", (400, 400, 600, 600)),))).any()


def test_colours_follow_the_numbers() -> None:
    marks = (Mark("box", (100, 100, 300, 300), number=2), Mark("box", (600, 600, 800, 800), number=1))
    drawn = annotate(plain(), "a.png", marks)
    assert is_coloured(drawn, BLUE)[:200].any()
    assert not is_coloured(drawn, ORANGE)[:200].any()
    assert is_coloured(drawn, ORANGE)[300:].any()


def test_tags_do_not_cover_one_another_where_there_is_room() -> None:
    size = (1200, 900)
    style = Style.of(size)
    boxes = [(400.0 + 9 * at, 300.0 + 9 * at, 700.0 + 9 * at, 600.0 + 9 * at) for at in range(6)]
    marks = [Mark("box", (0, 0, 1, 1), f"thing {at}", at + 1) for at in range(6)]
    tags = [tag_for(mark, box, GREY, style, size) for mark, box in zip(marks, boxes, strict=True)]
    areas = [tag.area for tag in place([tag for tag in tags if tag is not None], size, style)]
    assert len(areas) == 6
    for at, one in enumerate(areas):
        assert 0 <= one[0] < one[2] < size[0]
        assert 0 <= one[1] < one[3] < size[1]
        for other in areas[at + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_long_labels_are_cut_and_keep_their_number() -> None:
    size = (800, 600)
    tag = tag_for(Mark("box", (0, 0, 1, 1), "word " * 40, 7), (0, 0, 9, 9), GREY, Style.of(size), size)
    assert tag is not None
    assert tag.text.startswith("7 word")
    assert tag.size[0] < size[0] / 2
    tiny = tag_for(Mark("box", (0, 0, 1, 1), "words", 7), (0, 0, 9, 9), GREY, Style.of((20, 20)), (20, 20))
    assert tiny is not None
    assert tiny.text == "7"


def test_chinese_is_written_where_a_font_has_it_and_left_out_where_none_has(monkeypatch: pytest.MonkeyPatch) -> None:
    if any("CJK" in path for path in fonts._found()):
        written, font = fonts.lettering("漏水的接头", 20)
        assert written == "漏水的接头"
        assert shape(font, "漏") != shape(font, "水")
    monkeypatch.setattr(fonts, "_found", lambda: ())
    assert fonts.lettering("漏水 valve\n2", 20)[0] == "valve 2"
    assert fonts.lettering("Überdruck", 20)[0] == "Uberdruck"
    size = (800, 600)
    tag = tag_for(Mark("box", (0, 0, 1, 1), "漏水的接头", 3), (0, 0, 9, 9), GREY, Style.of(size), size)
    assert tag is not None
    assert tag.text == "3"


def shape(font: Font, char: str) -> bytes:
    return bytes(font.getmask(char))


@pytest.mark.parametrize("kind", ["box", "arrow", "point", "label"])
@pytest.mark.parametrize("box", [(0, 0, 500, 1001), (-1, 0, 500, 500), (float("nan"), 0, 1, 1)])
def test_a_mark_outside_is_refused_with_what_to_do(kind: str, box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="must be from 0 to 1000"):
        annotate(plain(), "a.png", (Mark(kind, box),))  # type: ignore[arg-type]


def test_a_reversed_box_is_refused_and_a_line_is_not() -> None:
    with pytest.raises(ValueError, match="reversed"):
        check_mark(Mark("box", (500, 0, 400, 100)))
    drawn = annotate(plain(), "a.png", (Mark("box", (500, 250, 500, 750)),))
    assert changed(drawn)[300, 385:415].any()


def test_a_broken_picture_is_refused_in_words_for_people() -> None:
    with pytest.raises(errors.FileBroken) as refused:
        annotate(plain()[:50], "a.png", ())
    assert "damaged" in refused.value.user_message
