import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_common.images import Image

DIGEST = "sha256:" + "0f" * 32


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("app:v1", Image("app", "v1")),
        ("app", Image("app", "latest")),
        ("registry:5000/team/app", Image("registry:5000/team/app", "latest")),
        ("registry:5000/team/app:v1", Image("registry:5000/team/app", "v1")),
        (f"app@{DIGEST}", Image("app", "", DIGEST)),
        (f"app:v1@{DIGEST}", Image("app", "v1", DIGEST)),
        (f"registry:5000/app:v1@{DIGEST}", Image("registry:5000/app", "v1", DIGEST)),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/jiki/api:3f78",
            Image("123456789012.dkr.ecr.eu-west-1.amazonaws.com/jiki/api", "3f78"),
        ),
    ],
)
def test_a_tag_is_kept_apart_from_a_port_and_a_digest(text: str, image: Image) -> None:
    assert Image.parse(text) == image


@pytest.mark.parametrize(
    ("text", "wanted", "answer"),
    [
        ("app:v1", "v1", True),
        ("app:v2", "v1", False),
        (f"app@{DIGEST}", "v1", None),
        (f"app@{DIGEST}", DIGEST, True),
        (f"app:v1@{DIGEST}", "sha256:" + "00" * 32, False),
        ("app:v1", DIGEST, None),
    ],
)
def test_says_whether_it_is_the_wanted_one_or_that_it_cannot_know(
    text: str, wanted: str, answer: bool | None
) -> None:
    assert Image.parse(text).has(wanted) is answer


@given(st.text())
def test_any_text_is_read_and_none_of_it_is_lost(text: str) -> None:
    image = Image.parse(text)
    rebuilt = image.repository + ":" * bool(image.tag) + image.tag
    if "@" not in text:
        assert rebuilt in (text, text + ":latest", text + "latest")
