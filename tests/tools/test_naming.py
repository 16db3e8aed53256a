from bot.tools.naming import file_name, picture_name, stem_of, tidy


def test_a_stem_has_no_extension_and_keeps_its_page() -> None:
    assert stem_of("plan.final.png") == "plan.final"
    assert stem_of("report.pdf p. 7") == "report p. 7"
    assert stem_of("no extension") == "no extension"


def test_a_pictures_extension_goes_by_its_kind() -> None:
    assert picture_name("annotated-report p. 7", "image/jpeg") == "annotated-report-p.-7.jpg"
    assert picture_name("", "image/unknown") == "file.png"


def test_names_are_safe_and_not_too_long() -> None:
    assert tidy("..\\..\u202e/etc: pass*wd ") == "etc-pass-wd"
    assert len(file_name("长" * 300, ".csv")) == 100
