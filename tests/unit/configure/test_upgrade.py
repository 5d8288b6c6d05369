"""An older samconfig.toml: its parameters are taken over under today's names."""

from pathlib import Path

from cli.configure.samconfig import read_overrides, write_overrides
from cli.configure.upgrade import REMOVED, RENAMED, upgraded
from local.transform import source

OLD = """[production.deploy.parameters]
parameter_overrides = [
    "VpcId=vpc-0a1", # ours
    "WebService=store",
    "WorkerService=mail",
    "MaxTasks=6",
]
"""


def test_a_renamed_parameter_keeps_its_value_and_is_said() -> None:
    upgrade = upgraded({"WebService": "store", "MaxTasks": "6"})
    assert upgrade.overrides == {"WebServices": "store", "MaxTasks": "6"}
    assert len(upgrade.notes) == 1
    assert {"WebService", "WebServices"} <= set(upgrade.notes[0].split())


def test_what_is_there_under_today_s_name_counts() -> None:
    both = {"WebService": "old", "WebServices": "store,admin"}
    assert upgraded(both).overrides == {"WebServices": "store,admin"}


def test_what_is_of_today_is_left_alone() -> None:
    assert upgraded({"MaxTasks": "6"}) == ({"MaxTasks": "6"}, ())


def test_old_names_leave_the_file_and_all_else_stays(tmp_path: Path) -> None:
    file = tmp_path / "samconfig.toml"
    file.write_text(OLD)
    write_overrides(file, ["production"], upgraded(read_overrides(file, "production")).overrides)
    assert read_overrides(file, "production") == {
        "VpcId": "vpc-0a1",
        "MaxTasks": "6",
        "WebServices": "store",
        "WorkerServices": "mail",
    }
    assert "# ours" in file.read_text()


def test_the_table_of_old_names_leads_to_parameters_of_today() -> None:
    today = set(source()["Parameters"])
    assert set(RENAMED.values()) <= today
    assert not (set(RENAMED) | set(REMOVED)) & today
