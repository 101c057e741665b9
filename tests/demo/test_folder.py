import os
import stat
import subprocess
import sys

import pytest

from palace.demo.folder import Busy, Folder, digest


@pytest.fixture
def folder(tmp_path):
    folder = Folder(tmp_path / "new" / "data")
    folder.path.mkdir(parents=True)
    return folder


def test_lock_makes_the_folder(tmp_path):
    folder = Folder(tmp_path / "new" / "data")
    assert folder.path.exists() is False
    folder.lock()
    assert (folder / "lock").read_text() == str(os.getpid())


def test_lock_is_refused_while_another_program_holds_it(folder):
    code = (
        "import sys; from palace.demo.folder import Folder; folder = Folder(sys.argv[1]); folder.lock();"
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Busy, match=f"^{holder.pid}$"):
            folder.lock()
        holder.kill()
    folder.lock()


def test_secret_key_is_kept_private_and_different_elsewhere(folder, tmp_path):
    key = folder.secret_key()
    assert folder.secret_key() == key
    assert len(key) >= 64
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert Folder(tmp_path).secret_key() != key


def test_environment_is_private_and_read_back_by_a_shell(folder):
    folder.write_environment({"SECRET_KEY": "it's $HOME `x`", "PATH": "/bin", "DEMO": "1"})
    file = folder / "environment"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "PATH" not in file.read_text()
    read = subprocess.run(
        ["sh", "-c", '. "$1"; printf %s "$SECRET_KEY"', "sh", str(file)], capture_output=True, text=True, check=True
    )
    assert read.stdout == "it's $HOME `x`"


def test_stamps_remember_a_step_for_one_state_of_the_code(folder):
    assert folder.is_done("static", "a") is False
    folder.set_done("static", "a")
    folder.set_done("migrations", "m")
    assert (folder.is_done("static", "a"), folder.is_done("static", "b")) == (True, False)
    assert folder.stamps() == {"static": "a", "migrations": "m"}


def test_stamps_that_were_cut_off_count_as_none(folder):
    (folder / "stamps.json").write_text('{"static": ')
    assert folder.stamps() == {}


def test_clear_removes_what_a_demonstration_wrote_and_nothing_else(folder):
    folder.secret_key()
    folder.set_done("static", "a")
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("18")
    (folder / "thesis.txt").write_text("mine")
    folder.clear()
    assert [path.name for path in folder.path.iterdir()] == ["thesis.txt"]


def test_digest_changes_with_a_byte_or_a_name_only(tmp_path):
    (tmp_path / "a").mkdir()
    file = tmp_path / "a" / "x.css"
    file.write_text("one")
    before = digest(tmp_path)
    file.touch()
    (tmp_path / "a" / "x.pyc").write_text("cache")
    assert digest(tmp_path) == before
    file.write_text("two")
    changed = digest(tmp_path)
    file.rename(tmp_path / "a" / "y.css")
    assert len({before, changed, digest(tmp_path)}) == 3
