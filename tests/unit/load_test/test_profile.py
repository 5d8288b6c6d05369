from pathlib import Path

import pytest

from benchmarks.loadtest.profile import BadProfile, Profile

DEFAULT = Path(__file__).parents[3] / "benchmarks" / "loadtest" / "profile.toml"


def changed(folder: Path, old: str, new: str) -> Path:
    text = DEFAULT.read_text()
    assert old in text
    file = folder / "profile.toml"
    file.write_text(text.replace(old, new))
    return file


def test_the_profile_that_comes_with_it_asks_for_the_health_check() -> None:
    profile = Profile.read(DEFAULT)
    assert [each.path for each in profile.requests] == ["/health-check"]
    profile.check(users=200, minutes=30)


@pytest.mark.parametrize(
    ("users", "minutes", "field"),
    [(201, 5, "USERS"), (0, 5, "USERS"), (10, 31, "MINUTES"), (10, 0, "MINUTES")],
)
def test_a_run_beyond_the_bounds_is_refused(users: int, minutes: float, field: str) -> None:
    with pytest.raises(BadProfile) as refused:
        Profile.read(DEFAULT).check(users, minutes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("[bounds]", "[bound]", "bounds"),
        ('path = "/health-check"', 'path = "health-check"', "path"),
        ("weight = 1", 'weight = 1\nmethod = "DELETE"', "method"),
        ("users = 200", 'users = "many"', ""),
        ("[limits]", "[limits", ""),
    ],
)
def test_a_bad_profile_is_refused_by_the_name_of_the_field(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    with pytest.raises(BadProfile) as refused:
        Profile.read(changed(tmp_path, old, new))
    assert refused.value.field == field
    assert "profile.toml" in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadProfile) as refused:
        Profile.read(tmp_path / "no.toml")
    assert "no.toml" in str(refused.value)
