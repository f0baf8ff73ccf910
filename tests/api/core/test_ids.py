from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.core import clock, ids

AT = datetime(2026, 11, 22, 9, 30, 0, 123_000, tzinfo=UTC)


def test_an_id_has_the_version_and_variant_of_the_standard() -> None:
    made = [ids.uuid7() for _ in range(1_000)]
    assert {identifier.version for identifier in made} == {7}
    assert {identifier.variant for identifier in made} == {RFC_4122}


def test_the_published_example_reads_as_its_time() -> None:
    example = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")  # RFC 9562 appendix A.6
    assert ids.uuid7_time(example) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_ids_grow_within_one_millisecond() -> None:
    with clock.frozen(AT):
        made = [ids.uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_many_threads_never_repeat_and_each_thread_sees_them_grow() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [ids.uuid7() for _ in range(2_000)], range(8)))
    assert all(batch == sorted(batch) for batch in batches)
    assert len({identifier for batch in batches for identifier in batch}) == 16_000


@given(st.lists(st.integers(min_value=-9_000, max_value=5_000), min_size=2, max_size=30))
def test_ids_grow_while_the_clock_jitters(drifts: list[int]) -> None:
    made = []
    for drift in drifts:
        with clock.frozen(AT + timedelta(milliseconds=drift / 2)):
            made.append(ids.uuid7())
    assert made == sorted(made)
    assert len(set(made)) == len(made)


@given(st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1)))  # noqa: DTZ001 (strategy bounds are naive)
def test_an_id_tells_the_millisecond_it_was_made_in(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    ids.uuid7()
    with clock.frozen(at):
        told = ids.uuid7_time(ids.uuid7())
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert timedelta(0) <= told - whole <= timedelta(seconds=10)


def test_ids_follow_a_clock_that_was_corrected_by_hours() -> None:
    with clock.frozen(AT + timedelta(hours=6)):
        early = ids.uuid7()
    with clock.frozen(AT):
        late = ids.uuid7()
    assert late < early
    assert ids.uuid7_time(late) == AT


def test_a_full_counter_borrows_the_next_millisecond() -> None:
    sequence = ids._Sequence()
    sequence.next(1_000)
    sequence.counter = (1 << 42) - 1
    milliseconds, counter = sequence.next(1_000)
    assert milliseconds == 1_001
    assert counter < 1 << 41


def test_ids_of_other_versions_carry_no_time() -> None:
    too_late = UUID(int=(1 << 128) - 1 & ~(0xF << 76) | 0x7 << 76)
    for identifier in (uuid4(), UUID(int=0), too_late):
        with pytest.raises(ids.NotUuid7) as refusal:
            ids.uuid7_time(identifier)
        assert refusal.value.code == "not_uuid7"
