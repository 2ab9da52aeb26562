"""Mounts: a folder on a network is known, for a lock there may not reach everybody."""

from __future__ import annotations

import sys
from pathlib import Path, PureWindowsPath
from typing import cast

import pytest

from redhanded.cleanup.mounts import Mount, mounted, network, of_linux, of_mac

TABLE = """\
sysfs /sys sysfs rw,relatime 0 0
/dev/sda1 / ext4 rw,relatime 0 0
nas:/team /build nfs4 rw,vers=4.2 0 0
//nas/our\\040share /mnt/our\\040share cifs rw 0 0
overlay /build/local overlay rw 0 0
torn
"""

MAC = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//ann@nas/team on /Volumes/team (old) (smbfs, nodev, nosuid, mounted by ann)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
not a mount
"""


def test_a_table_of_linux_is_read_with_its_escapes() -> None:
    """Blanks in a path stand there in octal digits; lines that are none are left out."""
    assert list(of_linux(TABLE)) == [
        Mount(Path("/sys"), "sysfs"),
        Mount(Path("/"), "ext4"),
        Mount(Path("/build"), "nfs4"),
        Mount(Path("/mnt/our share"), "cifs"),
        Mount(Path("/build/local"), "overlay"),
    ]


def test_what_the_mac_tells_is_read() -> None:
    """The last parentheses hold the kind, whatever stands in the path."""
    assert list(of_mac(MAC)) == [
        Mount(Path("/"), "apfs"),
        Mount(Path("/Volumes/team (old)"), "smbfs"),
        Mount(Path("/System/Volumes/Data/home"), "autofs"),
    ]


@pytest.mark.parametrize(
    "folder, kind",
    [
        pytest.param("/home/ann", "", id="this machine's"),
        pytest.param("/build/a/b", "nfs4", id="below"),
        pytest.param("/build", "nfs4", id="itself"),
        pytest.param("/buildings", "", id="only begins alike"),
        pytest.param("/build/local/a", "", id="a disk below a network"),
        pytest.param("/mnt/our share/a", "cifs", id="with a blank"),
        pytest.param("/build/local/../x", "nfs4", id="with dots"),
    ],
)
def test_the_mount_that_is_nearest_counts(folder: str, kind: str) -> None:
    """A folder is on the file system that is mounted deepest above it."""
    assert network(Path(folder), lambda _: of_linux(TABLE)) == kind


@pytest.mark.parametrize(
    "kind, is_network",
    [
        *[
            pytest.param(kind, True, id=kind)
            for kind in (
                "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "fuse.sshfs", "fuse",
                "ceph", "lustre", "vboxsf", "afpfs", "remote",
            )
        ],
        *[
            pytest.param(kind, False, id=kind or "unknown")
            for kind in ("ext4", "xfs", "btrfs", "tmpfs", "overlay", "apfs", "zfs", "")
        ],
    ],
)  # fmt: skip
def test_network_file_systems_are_known_by_their_kind(kind: str, *, is_network: bool) -> None:
    """Also what a virtual machine shares with its host."""
    found = network(Path("/a/b"), lambda _: iter([Mount(Path("/"), kind)]))

    assert found == (kind if is_network else "")


def test_a_later_mount_hides_an_earlier_one() -> None:
    """The last one at a place is the one that is there."""
    mounts = [Mount(Path("/a"), "nfs"), Mount(Path("/a"), "ext4")]

    assert network(Path("/a/b"), lambda _: iter(mounts)) == ""


def test_this_machine_tells_its_mounts(tmp_path: Path) -> None:
    """Where a table of mounts can be had, every folder stands below one of them."""
    here = tmp_path.resolve()

    assert any(here.is_relative_to(mount.where) for mount in mounted(here))


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_are_asked_in_their_own_way(tmp_path: Path, platform: str) -> None:
    """Where their commands are not there, nothing is known, and nothing is raised."""
    found = [mount.kind for mount in mounted(tmp_path, platform)]

    assert "nfs" not in found
    assert found == [] or sys.platform == platform


def test_a_share_of_windows_is_a_network() -> None:
    """A path that names a server needs no asking."""
    (found,) = mounted(cast("Path", PureWindowsPath(r"\\nas\work\a")), "win32")

    assert found.kind == "remote"
