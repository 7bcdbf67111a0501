"""Reading a directory: what is refused, and in which words."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site import MAX_FILE_SIZE, asset_hash, read, read_site, walk as walk_module

Write = Callable[..., Path]


def _sparse(file: Path, size: int) -> None:
    with file.open("wb") as handle:
        handle.truncate(size)


def test_a_missing_directory_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="does not exist") as caught:
        read_site(tmp_path / "absent")
    assert "out/" in caught.value.hint


def test_a_file_instead_of_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SiteError, match="is not a directory"):
        read_site(tmp_path / "file")


def test_a_name_that_no_path_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="does not exist"):
        read_site(Path("a\0b"))


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "only" / "folders").mkdir(parents=True)
    with pytest.raises(SiteError, match="holds no files") as caught:
        read_site(tmp_path)
    assert "Build the app" in caught.value.hint


def test_a_worker_alone_is_a_site(write: Write) -> None:
    site = read_site(write({"_worker.js": "export default {};"}))
    assert site.files == ()
    assert site.worker is not None


def test_a_directory_that_is_a_link_itself_is_read(write: Write, tmp_path: Path) -> None:
    root = write({"index.html": "hi"})
    (tmp_path / "latest").symlink_to(root)
    assert read_site(tmp_path / "latest").root == root


def test_progress_reports_running_totals(write: Write) -> None:
    seen: list[tuple[int, int]] = []
    read_site(
        write({"a": "123", "b/c": "45"}), on_progress=lambda files, size: seen.append((files, size))
    )
    assert seen == [(1, 3), (2, 5)]


def test_total_bytes_is_the_sum_of_all_files(write: Write) -> None:
    assert read_site(write({"a": "123", "b/c": "45"})).total_bytes == 5


def test_a_file_of_exactly_the_limit_passes_and_one_byte_more_does_not(write: Write) -> None:
    root = write({})
    _sparse(root / "fits.bin", MAX_FILE_SIZE)
    assert read_site(root).total_bytes == MAX_FILE_SIZE
    _sparse(root / "large.bin", MAX_FILE_SIZE + 1)
    with pytest.raises(SiteError, match=r"/large\.bin has 26,214,401 bytes, the limit is"):
        read_site(root)


def test_the_number_of_files_is_limited_by_what_the_account_may_upload(write: Write) -> None:
    root = write({f"{number}": "x" for number in range(4)})
    assert len(read_site(root, max_files=4).files) == 4
    with pytest.raises(SiteError, match="4 files, the account may upload 3"):
        read_site(root, max_files=3)


def test_all_problems_are_told_at_once(write: Write, tmp_path: Path) -> None:
    root = write({"ok.txt": "", "_worker.js": "export default {}", "_routes.json": "[]"})
    _sparse(root / "big.bin", MAX_FILE_SIZE + 1)
    (root / "dangling").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    with pytest.raises(SiteError) as caught:
        read_site(root)
    text = str(caught.value)
    assert "4 problems" in text
    for part in ("/big.bin", "/dangling", "/pipe", "_routes.json"):
        assert part in text


def test_ten_problems_are_spelled_out_and_the_others_counted(write: Write) -> None:
    root = write({})
    for number in range(25):
        (root / f"link{number:02}").symlink_to("nowhere")
    with pytest.raises(SiteError) as caught:
        read_site(root)
    assert "25 problems" in caught.value.message
    assert "/link09" in caught.value.message
    assert "/link10" not in caught.value.message
    assert "and 15 more" in caught.value.message
    assert caught.value.hint.count("Remove links") == 1


class TestLinks:
    def test_links_inside_the_site_are_followed(self, write: Write) -> None:
        root = write({"real/a.js": "1"})
        (root / "file.txt").symlink_to("real/a.js")
        (root / "folder").symlink_to("real")
        site = read_site(root)
        assert site.manifest() == {
            "/file.txt": asset_hash(b"1", "file.txt"),
            "/folder/a.js": asset_hash(b"1", "a.js"),
            "/real/a.js": asset_hash(b"1", "a.js"),
        }
        assert [read(file) for file in site.files] == [b"1"] * 3

    @pytest.mark.parametrize("target", ["../secret.txt", "../secret", "/etc/passwd", "/"])
    def test_a_link_that_leaves_the_site_is_refused(
        self, write: Write, tmp_path: Path, target: str
    ) -> None:
        (tmp_path / "secret.txt").write_text("s3cret")
        (tmp_path / "secret").mkdir()
        root = write({"index.html": ""})
        (root / "way-out").symlink_to(target)
        with pytest.raises(SiteError, match="/way-out is a link that leaves"):
            read_site(root)

    def test_a_folder_whose_name_starts_like_the_site_is_outside(
        self, write: Write, tmp_path: Path
    ) -> None:
        root = write({"index.html": ""})
        (tmp_path / "out-of-it").mkdir()
        (root / "link").symlink_to(tmp_path / "out-of-it")
        with pytest.raises(SiteError, match="leaves the output directory"):
            read_site(root)

    def test_a_chain_of_links_that_leaves_in_the_middle_is_refused(
        self, write: Write, tmp_path: Path
    ) -> None:
        (tmp_path / "secret.txt").write_text("s3cret")
        root = write({"index.html": ""})
        (root / "inner").symlink_to("../secret.txt")
        (root / "outer").symlink_to("inner")
        with pytest.raises(SiteError, match="2 problems"):
            read_site(root)

    @pytest.mark.parametrize("name", ["_headers", "_redirects", "_routes.json", "_worker.js"])
    def test_files_that_steer_the_host_may_not_be_links_out_either(
        self, write: Write, tmp_path: Path, name: str
    ) -> None:
        (tmp_path / "secret.txt").write_text("s3cret")
        root = write({"index.html": ""})
        (root / name).symlink_to("../secret.txt")
        with pytest.raises(SiteError, match=f"/{name} is a link that leaves"):
            read_site(root)

    def test_a_loop_of_links_ends(self, write: Write) -> None:
        root = write({"a/x.txt": "", "b/y.txt": ""})
        (root / "a" / "to-b").symlink_to("../b")
        (root / "b" / "to-a").symlink_to("../a")
        with pytest.raises(SiteError, match="leads back to a folder it is in"):
            read_site(root)

    def test_a_link_to_the_site_itself_is_refused(self, write: Write) -> None:
        root = write({"index.html": ""})
        (root / "self").symlink_to(".")
        with pytest.raises(SiteError, match="/self leads back"):
            read_site(root)

    def test_a_link_to_itself_is_refused(self, write: Write) -> None:
        root = write({"index.html": ""})
        (root / "ouroboros").symlink_to("ouroboros")
        with pytest.raises(SiteError, match="/ouroboros cannot be read"):
            read_site(root)

    def test_links_that_multiply_folders_end_at_a_limit(
        self, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(walk_module, "MAX_FOLDERS", 500)
        root = write({"index.html": ""})
        for level in range(20):
            (root / f"d{level}").mkdir()
            for copy in "ab":
                (root / f"d{level}" / copy).symlink_to(f"../d{level + 1}")
        (root / "d20").mkdir()
        with pytest.raises(SiteError, match="more than 500 folders"):
            read_site(root)

    def test_an_ignored_link_is_not_followed(self, write: Write) -> None:
        root = write({"index.html": ""})
        (root / "node_modules").symlink_to("/")
        assert list(read_site(root).manifest()) == ["/index.html"]


class TestSpecialFiles:
    def test_a_pipe_is_refused_without_waiting_for_it(self, write: Write) -> None:
        root = write({"index.html": ""})
        os.mkfifo(root / "pipe")
        with pytest.raises(SiteError, match="/pipe is neither a file nor a folder"):
            read_site(root)

    def test_a_socket_is_refused(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        root = write({"index.html": ""})
        monkeypatch.chdir(root)  # the address of a socket must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("s")
            with pytest.raises(SiteError, match="/s is neither"):
                read_site(root)

    def test_a_name_that_is_not_utf8_is_refused(self, write: Write) -> None:
        root = write({"index.html": ""})
        try:
            (Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.html"))).write_bytes(b"")
        except OSError:
            pytest.skip("this file system has only UTF-8 names")
        with pytest.raises(SiteError, match="not UTF-8") as caught:
            read_site(root)
        str(caught.value).encode()

    @pytest.mark.parametrize("name", ["a\nb.html", "back\\slash.html", "esc\x1b[31m", "del\x7f"])
    def test_a_name_that_no_url_can_hold_is_refused(self, write: Write, name: str) -> None:
        with pytest.raises(SiteError, match="no URL can hold") as caught:
            read_site(write({name: ""}))
        assert "\x1b" not in str(caught.value)

    def test_an_unreadable_file_is_told_with_the_others(
        self, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = write({"closed.html": "", "open.html": "", "also-closed.html": ""})
        if os.geteuid():
            (root / "closed.html").chmod(0)
            (root / "also-closed.html").chmod(0)
        else:  # nothing is unreadable for root
            real = os.open

            def guarded(path: Path, *args: int) -> int:
                if "closed" in str(path):
                    raise PermissionError(13, "Permission denied")
                return real(path, *args)

            monkeypatch.setattr(os, "open", guarded)
        with pytest.raises(SiteError, match="2 problems") as caught:
            read_site(root)
        assert "/closed.html cannot be read: Permission denied" in caught.value.message

    def test_a_folder_that_cannot_be_listed_is_told(
        self, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = write({"open.html": "", "closed/a.html": ""})
        real = os.scandir

        def guarded(path: Path) -> object:
            if Path(path).name == "closed":
                raise PermissionError(13, "Permission denied")
            return real(path)

        monkeypatch.setattr(os, "scandir", guarded)
        with pytest.raises(SiteError, match="/closed/ cannot be listed: Permission denied"):
            read_site(root)

    def test_a_control_file_that_is_a_folder_is_refused(self, write: Write) -> None:
        with pytest.raises(SiteError, match="/_headers is a folder"):
            read_site(write({"index.html": "", "_headers/x": ""}))


class TestChangesBetweenHashAndUpload:
    def test_unchanged_content_is_read(self, write: Write) -> None:
        (file,) = read_site(write({"a.txt": "one"})).files
        os.utime(file.absolute)
        assert read(file) == b"one"

    @pytest.mark.parametrize("content", ["two", "longer", "s", ""])
    def test_changed_content_is_refused(self, write: Write, content: str) -> None:
        root = write({"a.txt": "one"})
        (file,) = read_site(root).files
        status = file.absolute.stat()
        file.absolute.write_text(content)
        os.utime(file.absolute, ns=(status.st_atime_ns, status.st_mtime_ns))
        with pytest.raises(SiteError, match=r"/a\.txt changed after") as caught:
            read(file)
        assert caught.value.retryable

    def test_a_removed_file_is_refused(self, write: Write) -> None:
        (file,) = read_site(write({"a.txt": "one"})).files
        file.absolute.unlink()
        with pytest.raises(SiteError, match="changed after"):
            read(file)

    def test_a_file_that_became_a_link_is_not_followed(self, write: Write, tmp_path: Path) -> None:
        (file,) = read_site(write({"a.txt": "one"})).files
        (tmp_path / "same").write_text("one")
        file.absolute.unlink()
        file.absolute.symlink_to(tmp_path / "same")
        with pytest.raises(SiteError, match="changed after"):
            read(file)

    def test_a_file_that_became_a_pipe_is_not_waited_for(self, write: Write) -> None:
        (file,) = read_site(write({"a.txt": "one"})).files
        file.absolute.unlink()
        os.mkfifo(file.absolute)
        with pytest.raises(SiteError, match="changed after"):
            read(file)

    def test_a_file_that_became_a_folder_is_refused(self, write: Write) -> None:
        (file,) = read_site(write({"a.txt": "one"})).files
        file.absolute.unlink()
        file.absolute.mkdir()
        with pytest.raises(SiteError, match="changed after"):
            read(file)


class TestFingerprint:
    def test_it_is_the_same_for_the_same_site_elsewhere(self, write: Write, tmp_path: Path) -> None:
        contents: dict[str, bytes | str] = {"index.html": "hi", "_headers": "/*\n  A: b\n"}
        first = read_site(write(contents)).fingerprint
        (tmp_path / "out").rename(tmp_path / "elsewhere")
        assert read_site(tmp_path / "elsewhere").fingerprint == first
        assert len(first) == 64

    @pytest.mark.parametrize(
        "change",
        [
            {"index.html": "changed"},
            {"more.html": ""},
            {"_headers": "/*\n  A: c\n"},
            {"_redirects": "/a /b\n"},
            {"_worker.js": "export default { fetch() {} };"},
            {"_routes.json": '{"version":1,"include":["/a"],"exclude":[]}'},
        ],
    )
    def test_it_changes_with_everything_that_is_deployed(
        self, write: Write, change: dict[str, str]
    ) -> None:
        base: dict[str, bytes | str] = {
            "index.html": "hi",
            "_headers": "/*\n  A: b\n",
            "_worker.js": "export default {};",
        }
        before = read_site(write(base)).fingerprint
        assert read_site(write(base | change)).fingerprint != before

    def test_it_ignores_what_is_not_deployed(self, write: Write) -> None:
        before = read_site(write({"index.html": "hi"})).fingerprint
        root = write({"node_modules/a.js": "1", ".git/HEAD": "x", "_redirects": ""})
        assert read_site(root).fingerprint == before
