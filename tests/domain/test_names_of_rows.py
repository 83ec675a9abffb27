"""Names of rows: that no two are alike, and that they stand in the order of their time."""

import time
from uuid import RFC_4122, UUID

from annotator.domain.changes import new_uid


def test_a_name_is_a_uuid_of_version_7() -> None:
    before = time.time_ns() // 1_000_000
    names = [new_uid() for _ in range(2000)]
    after = time.time_ns() // 1_000_000
    assert len(set(names)) == 2000
    for name in names:
        read = UUID(name)
        assert (read.hex, read.version, read.variant) == (name, 7, RFC_4122)
        assert before <= read.int >> 80 <= after
    times = [name[:12] for name in names]
    assert times == sorted(times)
