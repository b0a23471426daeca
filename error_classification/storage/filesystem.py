"""Is a path on a network file system? There SQLite's write-ahead log does not work: it needs memory shared by all its users
(https://www.sqlite.org/wal.html, "WAL does not work over a network filesystem").
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

NETWORK_TYPES = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda", "9p", "virtiofs"),
        *("ceph", "lustre", "gpfs", "beegfs", "glusterfs", "pvfs2", "orangefs", "ocfs2", "gfs2", "panfs", "wekafs", "davfs"),
        *("vboxsf", "vmhgfs", "prl_fs", "acfs", "fakeowner"),
        *("fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.cephfs", "fuse.davfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs"),
        *("fuse.gcsfuse", "fuse.mount-s3", "fuse.blobfuse", "fuse.blobfuse2", "fuse.juicefs", "fuse.seaweedfs", "fuse.moosefs"),
        *("fuse.mfs", "fuse.lizardfs", "fuse.vmhgfs-fuse", "fuse.grpcfuse", "fuse.osxfs", "fuse.goofys"),
    }
)
"""Types in mountinfo that other machines, or a host and its virtual machines, share."""

_MOUNTINFO = Path("/proc/self/mountinfo")
_ESCAPE = re.compile(r"\\([0-7]{3})")


def read_mountinfo() -> str:
    """The kernel's table of mounts; empty on systems without one."""
    try:
        return _MOUNTINFO.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def network_type(path: PurePosixPath, mountinfo: str) -> str:
    """The type of the network file system that holds ``path`` (absolute, without symbolic links); empty for a local one."""
    depth, found = -1, ""
    for line in mountinfo.split("\n"):
        mount, kind = _parsed(line)
        # Of several mounts on one folder the last hides the others.
        if mount is not None and path.is_relative_to(mount) and len(mount.parts) >= depth:
            depth, found = len(mount.parts), kind
    return found if found in NETWORK_TYPES else ""


def _parsed(line: str) -> tuple[PurePosixPath | None, str]:
    """Mount point and type of a line: ``36 35 98:0 / /mnt rw - ext4 /dev/sda rw`` (proc_pid_mountinfo(5))."""
    before, separator, after = line.partition(" - ")
    fields = before.split(" ")
    if not separator or len(fields) < 5:
        return None, ""
    mount = _ESCAPE.sub(lambda octal: chr(int(octal[1], 8)), fields[4])
    return PurePosixPath(mount), after.split(" ", 1)[0]
