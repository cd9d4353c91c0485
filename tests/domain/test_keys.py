"""Keys are unique, grow with time, and fit 63 bits."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from service.domain.clock import ManualClock
from service.domain.keys import KeyMaker

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_keys_grow_even_when_the_clock_stands_still():
    maker = KeyMaker(ManualClock(NOW))
    keys = [maker.next() for _ in range(10_000)]
    assert keys == sorted(set(keys))


def test_keys_of_a_later_time_are_larger():
    clock = ManualClock(NOW)
    early = KeyMaker(clock).next()
    clock.move_by(timedelta(milliseconds=1))
    assert KeyMaker(clock).next() > early


def test_two_nodes_never_make_the_same_key():
    clock = ManualClock(NOW)
    one, two = KeyMaker(clock, 1), KeyMaker(clock, 2)
    assert not {one.next() for _ in range(1000)} & {two.next() for _ in range(1000)}


def test_keys_fit_63_bits_for_decades():
    assert 0 < KeyMaker(ManualClock(datetime(2070, 1, 1, tzinfo=UTC)), 1023).next() < 2**63


def test_threads_share_a_maker():
    maker, keys = KeyMaker(ManualClock(NOW)), []

    def make():
        keys.extend([maker.next() for _ in range(2000)])

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 8000


def test_a_node_number_out_of_range_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1023"):
        KeyMaker(ManualClock(NOW), 1024)


def test_the_manual_clock_never_goes_back():
    clock = ManualClock(NOW)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(NOW - timedelta(seconds=1))
