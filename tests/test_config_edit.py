"""The config file is written whole, only if it still is what was read, with a copy of what it was."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tui.aws.cache import config_backups, config_edit, writing
from tui.aws.cache.config_edit import Changed, ChangedSince
from tui.aws.config.writing.sections import SESSION, Section, add
from tui.aws.errors import SsoError

from .config_texts import CORP

NEW = Section(SESSION, "new", {"sso_start_url": "https://new.awsapps.com/start", "sso_region": "eu-west-1"})


def added(text: str) -> str:
    return add(text, [NEW])


def config(home: Path, text: str = CORP, mode: int = 0o600) -> Path:
    path = home / ".aws/config"
    path.write_text(text)
    path.chmod(mode)
    return path


def change(home: Path) -> str:
    """Reads, edits, writes. Returns the path of the copy."""
    found = config_edit.read({"HOME": str(home)})
    return config_edit.write(found, found.edited(added))


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o700])
def test_the_mode_stays_as_it_is(home: Path, mode: int) -> None:
    path = config(home, mode=mode)
    change(home)
    assert path.read_text() == added(CORP)
    assert path.stat().st_mode & 0o777 == mode


def test_a_new_file_is_for_its_owner_alone_and_so_is_its_folder(isolation: None) -> None:
    home = Path(os.environ["HOME"])
    assert change(home) == ""
    assert (home / ".aws/config").read_text() == added("")
    assert (home / ".aws/config").stat().st_mode & 0o777 == 0o600
    assert (home / ".aws").stat().st_mode & 0o777 == 0o700


def test_a_symbolic_link_stays_one(home: Path) -> None:
    real = home / "dotfiles-config"
    real.write_text(CORP)
    real.chmod(0o644)
    (home / ".aws/config").symlink_to(real)
    change(home)
    assert (home / ".aws/config").readlink() == real
    assert real.read_text() == added(CORP)
    assert real.stat().st_mode & 0o777 == 0o644


def test_the_owner_stays_the_same(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    path = config(home)
    os.chown(path, 65534, 65534)
    change(home)
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


def test_the_last_five_are_kept_for_their_owner_alone(home: Path) -> None:
    path = config(home)
    texts = []
    for number in range(8):
        texts.append(f"# {number}\n" + CORP)
        path.write_text(texts[-1])
        backup = Path(change(home))
        assert backup.read_text() == texts[-1]
        assert backup.stat().st_mode & 0o777 == 0o600
    folder = Path(config_backups.backup_folder())
    assert sorted(each.read_text() for each in folder.iterdir()) == texts[-5:]
    assert folder.is_relative_to(home / ".local/state/ssotui")


def test_a_file_that_somebody_has_changed_since_is_not_written(home: Path) -> None:
    path = config(home)
    found = config_edit.read({"HOME": str(home)})
    made = found.edited(added)
    path.write_text(CORP + "# theirs\n")
    with pytest.raises(Changed, match="has changed meanwhile"):
        config_edit.write(found, made)
    assert path.read_text() == CORP + "# theirs\n"
    assert not Path(config_backups.backup_folder()).exists()


def test_a_file_that_came_into_being_meanwhile_is_not_written_over(home: Path) -> None:
    found = config_edit.read({"HOME": str(home)})
    path = config(home)
    with pytest.raises(Changed):
        config_edit.write(found, found.edited(added))
    assert path.read_text() == CORP


@pytest.mark.parametrize("through_link", [False, True])
def test_a_read_only_file_is_refused_before_anything_is_shown(home: Path, through_link: bool) -> None:
    path = config(home, mode=0o444)
    if through_link:
        path.rename(home / "store")
        path.symlink_to(home / "store")
    with pytest.raises(SsoError) as refused:
        config_edit.read({"HOME": str(home)})
    link = " (a symbolic link to ~/store)" if through_link else ""
    assert refused.value.title == f"~/.aws/config was not changed: it is read-only{link}"
    assert path.read_text() == CORP


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[profile a]\n\xff\n", "line 2: it is not UTF-8"),
        (b"[a]\n[a]\n", r"line 2: \[a\] is there twice"),
        (b"stray\n", "line 1: text before the first section header"),
    ],
)
def test_a_file_that_the_aws_cli_refuses_stays_as_it_is(home: Path, data: bytes, reason: str) -> None:
    path = config(home)
    path.write_bytes(data)
    with pytest.raises(SsoError, match=f"~/.aws/config was not changed: {reason}"):
        change(home)
    assert path.read_bytes() == data


def test_a_dangling_link_a_folder_and_no_name_are_refused(home: Path) -> None:
    path = home / ".aws/config"
    path.symlink_to(home / "nowhere")
    with pytest.raises(SsoError, match="it is a symbolic link to nothing"):
        config_edit.read({"HOME": str(home)})
    path.unlink()
    path.mkdir()
    with pytest.raises(SsoError, match="is a directory, not a file"):
        config_edit.read({"HOME": str(home)})
    with pytest.raises(SsoError, match="AWS_CONFIG_FILE is empty"):
        config_edit.read({"HOME": str(home), "AWS_CONFIG_FILE": ""})


def test_a_disk_that_is_full_leaves_the_file_as_it_was(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = config(home)
    found = config_edit.read({"HOME": str(home)})

    failure = OSError(28, "No space left on device")
    monkeypatch.setattr("tui.aws.cache.writing._make_temporary", lambda *_: ("", failure))
    with pytest.raises(SsoError, match="was not changed: no space left on device"):
        config_edit.write(found, found.edited(added))
    assert path.read_text() == CORP


def test_line_ends_and_the_mark_at_the_beginning_stay(home: Path) -> None:
    path = config(home)
    path.write_bytes(b"\xef\xbb\xbf[default]\r\nregion = x\r\n")
    change(home)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf[default]\r\nregion = x\r\n\r\n[sso-session new]\r\n")
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def undo(home: Path) -> None:
    config_edit.last_change({"HOME": str(home)}).carry_out()


def test_the_last_change_can_be_taken_back_to_the_very_bytes_and_then_the_one_before(home: Path) -> None:
    first = b"\xef\xbb\xbf# mine\r\n[default]\r\nregion = x"
    path = config(home, mode=0o644)
    path.write_bytes(first)
    change(home)
    second = path.read_bytes()
    config_edit.write(config_edit.read({"HOME": str(home)}), second.decode() + "\n# more\n")
    undo(home)
    assert path.read_bytes() == second
    undo(home)
    assert path.read_bytes() == first
    assert path.stat().st_mode & 0o777 == 0o644
    with pytest.raises(SsoError, match=r"ssotui has changed nothing in ~/.aws/config"):
        undo(home)


def test_a_file_that_was_not_there_is_removed_again(isolation: None) -> None:
    home = Path(os.environ["HOME"])
    change(home)
    assert config_edit.last_change({"HOME": str(home)}).text is None
    undo(home)
    assert not (home / ".aws/config").exists()


def test_what_has_been_changed_since_is_not_lost_by_undoing(home: Path) -> None:
    path = config(home)
    change(home)
    path.write_text(path.read_text() + "# theirs\n")
    with pytest.raises(ChangedSince) as refused:
        undo(home)
    assert (refused.value.after, refused.value.now) == (added(CORP), added(CORP) + "# theirs\n")
    path.write_text(added(CORP))
    undo(home)
    assert path.read_text() == CORP


def test_a_change_that_never_came_to_be_is_not_undone(home: Path) -> None:
    """The program was killed between the copy and the new file."""
    path = config(home)
    change(home)
    config_backups.note(str(path), path.read_bytes(), b"never written")
    undo(home)
    assert path.read_text() == CORP


def test_another_files_changes_are_another_matter(home: Path) -> None:
    config(home)
    change(home)
    other = home / "other"
    other.write_text(CORP)
    with pytest.raises(SsoError, match="nothing in ~/other"):
        config_edit.last_change({"HOME": str(home), "AWS_CONFIG_FILE": str(other)})


def test_five_changes_can_be_taken_back(home: Path) -> None:
    path = config(home)
    for number in range(7):
        found = config_edit.read({"HOME": str(home)})
        config_edit.write(found, f"# {number}\n{CORP}")
    for number in (5, 4, 3, 2, 1):
        undo(home)
        assert path.read_text() == f"# {number}\n{CORP}"
    with pytest.raises(SsoError, match="changed nothing"):
        undo(home)


@pytest.mark.parametrize("failing", range(3))
def test_a_disk_that_is_full_at_any_step_loses_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    path = config(home)
    change(home)
    found = config_edit.read({"HOME": str(home)})
    made, steps = found.text + "# more\n", iter(range(10))
    whole = writing._make_temporary

    def full(*arguments: Any) -> tuple[str, OSError | None]:
        if next(steps) == failing:
            return "", OSError(28, "No space left on device")
        return whole(*arguments)

    monkeypatch.setattr(writing, "_make_temporary", full)
    with pytest.raises(SsoError, match="was not changed: no space left on device"):
        config_edit.write(found, made)
    assert path.read_text() == added(CORP)
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(home))
    left = [each for each in home.rglob("*") if "tmp" in each.name]
    assert left == []
    undo(home)
    assert path.read_text() == CORP


def test_a_full_disk_while_undoing_loses_nothing_either(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = config(home)
    change(home)
    last = config_edit.last_change({"HOME": str(home)})
    with monkeypatch.context() as full:
        full.setattr(writing, "_make_temporary", lambda *_: ("", OSError(28, "No space left on device")))
        with pytest.raises(SsoError, match="no space left"):
            last.carry_out()
    assert path.read_text() == added(CORP)
    undo(home)
    assert path.read_text() == CORP


def test_a_copy_that_is_missing_is_nothing_to_go_back_to(home: Path) -> None:
    path = config(home)
    change(home)
    Path(change_again(home)).unlink()
    with pytest.raises(SsoError, match="changed nothing"):
        undo(home)
    assert path.exists()


def change_again(home: Path) -> str:
    found = config_edit.read({"HOME": str(home)})
    return config_edit.write(found, found.text + "# more\n")
