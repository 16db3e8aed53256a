import pytest

from bot.documents.read import read_document
from tests.documents.making import Known, everything
from tests.documents.recall import missing, recall, words


@pytest.mark.parametrize("file", everything(), ids=lambda file: file.name)
def test_every_word_of_every_kind_is_read(file: Known) -> None:
    document = read_document(file.data, file.name)
    assert document.kind == file.kind
    assert len(words(file.words)) >= 4
    assert recall(document, file.words) == 1.0, missing(document, file.words)


def test_recall_tells_what_is_missing() -> None:
    document = read_document(b"one two two", "a.txt")
    assert recall(document, "one two two three") == 0.75
    assert missing(document, "one two two three") == ["three"]
    assert words("委员 is") == {"委": 1, "员": 1, "is": 1}
