"""Mounts: which file system a folder is on, for a lock holds on the machine's own ones alone."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Those on which another machine, or another kernel, may be at work without our seeing its locks.
_NETWORKS: Final = re.compile(
    r"nfs.*|smb.*|cifs|afp.*|webdav|davfs.*|9p|virtiofs|vboxsf|prl_fs|vmhgfs|fuse.*|macfuse|osxfuse"
    r"|ceph|lustre|gpfs|glusterfs|afs|ocfs2|gfs2|beegfs|orangefs|ncpfs|drvfs|remote"
)
_LINUX: Final = Path("/proc/mounts")
_OCTAL: Final = re.compile(r"\\([0-7]{3})")
_MAC: Final = re.compile(r".+? on (?P<where>/.*) \((?P<kind>\w+)[,)].*")


class Mount(NamedTuple):
    """A place of the file tree, and the kind of file system there, such as `ext4` or `nfs4`."""

    where: Path
    kind: str


def network(folder: Path, mounts: Callable[[Path], Iterator[Mount]] | None = None) -> str:
    """The kind of the network file system that the folder is on; empty on one of the machine's."""
    whole = folder.resolve()
    kind = ""
    for mount in sorted((mounts or mounted)(whole), key=lambda one: len(one.where.parts)):
        if whole.is_relative_to(mount.where):
            kind = mount.kind
    return kind if _NETWORKS.fullmatch(kind) else ""


def mounted(folder: Path, platform: str = sys.platform) -> Iterator[Mount]:
    """What is mounted on this machine; on Windows the folder's drive alone. Nothing if unknown."""
    if platform == "win32":
        with suppress(OSError, AttributeError):
            yield Mount(Path(folder.anchor), "remote" if _is_remote(folder.anchor) else "")
    elif platform == "darwin":
        yield from of_mac(_told_by_mount())
    else:
        with suppress(OSError):
            yield from of_linux(_LINUX.read_text("utf-8", "surrogateescape"))


def of_linux(table: str) -> Iterator[Mount]:
    """The mounts of a table as in /proc/mounts (proc_pid_mounts(5), fstab(5))."""
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:
            where = _OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1])
            yield Mount(Path(where), fields[2])


def of_mac(told: str) -> Iterator[Mount]:
    """The mounts that mount(8) tells of, as `//ann@nas/work on /Volumes/work (smbfs, nodev)`."""
    for found in map(_MAC.fullmatch, told.splitlines()):
        if found is not None:
            yield Mount(Path(found["where"]), found["kind"])


def _told_by_mount() -> str:
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(["/sbin/mount"], capture_output=True, timeout=5, check=True)
        return done.stdout.decode(errors="replace")
    return ""


def _is_remote(anchor: str) -> bool:
    """Whether that is a share, or a drive letter for one (GetDriveTypeW: DRIVE_REMOTE is 4)."""
    import ctypes

    if anchor.startswith("\\\\"):
        return True
    windows = getattr(ctypes, "windll")  # noqa: B009  typed on Windows alone
    return bool(windows.kernel32.GetDriveTypeW(anchor) == 4)
