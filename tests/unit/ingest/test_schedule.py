from datetime import timedelta

from ingest.schedule import retry_delay


def test_the_wait_doubles_and_ends_somewhere() -> None:
    assert [retry_delay(n) for n in (1, 2, 3, 4)] == [timedelta(seconds=s) for s in (1, 2, 4, 8)]
    assert retry_delay(10_000) == retry_delay(13) < timedelta(hours=2)
