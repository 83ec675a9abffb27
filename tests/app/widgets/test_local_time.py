from annotator.app.widgets.local_time import local_time


def test_times_are_those_of_this_place() -> None:
    assert len(local_time("2025-01-02T03:04:05.678Z")) == len("2025-01-02 03:04:05")
    assert local_time("unknown") == "unknown"
