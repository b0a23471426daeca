from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.storage.filesystem import network_type

MOUNTS = r"""22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
30 22 0:45 / /home rw,relatime shared:20 - nfs4 server:/home rw,vers=4.2,hard
31 30 259:3 / /home/local rw,relatime - xfs /dev/nvme0n1p3 rw
32 22 0:46 / /mnt/with\040space\011tab rw - cifs //server/share rw,vers=3.0
33 22 0:47 / /mnt/remote rw,nosuid,nodev - fuse.sshfs me@host:/ rw
34 22 0:48 / /mnt/overlay rw - fuse.fuse-overlayfs fuse-overlayfs rw
35 22 0:49 / /mnt/twice rw - nfs server:/a rw
36 35 0:50 / /mnt/twice rw - tmpfs tmpfs rw
37 22 0:51 / /c rw,noatime - 9p C:\134 rw
38 22 0:52 / /mnt/bind rw master:1 propagate_from:2 - nfs server:/b rw
39 22 0:53 / /mnt/no-extras rw - lustre server:/c rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/store.db", ""),
        ("/home/ann/store.db", "nfs4"),
        ("/home", "nfs4"),
        ("/homeless/store.db", ""),
        ("/home/local/store.db", ""),
        ("/home/localhost/store.db", "nfs4"),
        ("/mnt/with space\ttab/store.db", "cifs"),
        ("/mnt/with", ""),
        ("/mnt/remote/store.db", "fuse.sshfs"),
        ("/mnt/overlay/store.db", ""),
        ("/mnt/twice/store.db", ""),
        ("/c/Users/store.db", "9p"),
        ("/mnt/bind/store.db", "nfs"),
        ("/mnt/no-extras/store.db", "lustre"),
    ],
)
def test_type_is_that_of_the_nearest_visible_mount(path: str, kind: str) -> None:
    assert network_type(PurePosixPath(path), MOUNTS) == kind


@pytest.mark.parametrize("mountinfo", ["", "\n", "garbage", "1 2 3 - nfs", "36 35 0:50 / / rw nfs server:/ rw"])
def test_table_that_says_nothing_means_local(mountinfo: str) -> None:
    assert network_type(PurePosixPath("/store.db"), mountinfo) == ""


@given(st.text(alphabet="abc /-\\01234:\n", max_size=200))
def test_no_table_raises(mountinfo: str) -> None:
    assert isinstance(network_type(PurePosixPath("/a/b"), mountinfo), str)
