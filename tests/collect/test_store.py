"""What every database must do alike: the contract of `Store`."""

from __future__ import annotations

import threading
from concurrent.futures import wait

import pytest

from collecting import some_rows
from twinbean.collect import records
from twinbean.collect.schema import MIGRATIONS, VERSION, migrate
from twinbean.collect.sqlite import SqliteStore
from twinbean.collect.store import GROUP, StoreUnavailable, StudyError


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request, tmp_path):
    """Opens the same database each time it is called."""
    if request.param == "sqlite":
        make = lambda: SqliteStore(tmp_path / "study.sqlite")  # noqa: E731
    else:
        from twinbean.collect.postgres import PostgresStore

        address = request.getfixturevalue("new_database")
        make = lambda: PostgresStore(address)  # noqa: E731
    stores = []

    def open_store():
        stores.append(make())
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def store(opened):
    return opened()


def put(seq, row=b"{}", session="s"):
    def change(transaction):
        transaction.execute(
            "INSERT INTO events (session, seq, row, received) VALUES (?, ?, ?, ?)", (session, seq, row, "now")
        )
        return seq

    return change


def rows(store, session="s"):
    return store.read(lambda transaction: records.rows_of(transaction, session))


def test_what_was_written_is_read_byte_for_byte(store):
    contents = [*some_rows(3), b"", bytes(range(256)), b"x" * 1_000_000]
    for seq, row in enumerate(contents):
        assert store.write(put(seq, row)).result() == seq
    assert rows(store) == list(enumerate(contents))


def test_what_was_written_is_there_when_it_is_opened_again(opened):
    first = opened()
    first.write(put(0)).result()
    first.close()
    assert rows(opened()) == [(0, b"{}")]


def test_a_change_that_raises_leaves_nothing_and_the_others_of_its_group_stand(store):
    def half(transaction):
        put(100)(transaction)
        raise KeyError("half way")

    futures = [store.write(put(0)), store.write(half), store.write(put(1))]
    assert [futures[0].result(), futures[2].result()] == [0, 1]
    with pytest.raises(KeyError, match="half way"):
        futures[1].result()
    assert [seq for seq, _ in rows(store)] == [0, 1]


def test_a_key_is_taken_once(store):
    store.write(put(0, b"first")).result()
    second = store.write(put(0, b"second"))
    third = store.write(put(1))
    with pytest.raises(Exception, match="(?i)unique"):
        second.result()
    assert third.result() == 1
    assert rows(store) == [(0, b"first"), (1, b"{}")]


def test_changes_are_done_in_their_order_and_share_commits(store):
    held = threading.Event()
    began = []

    def hold(transaction):
        held.wait()

    def note(number):
        return lambda transaction: began.append(number)

    futures = [store.write(hold), *(store.write(note(number)) for number in range(3 * GROUP))]
    held.set()
    wait(futures)
    assert began == list(range(3 * GROUP))


def test_nobody_is_told_before_the_whole_group_is_committed(store):
    """What is read when the first of a group is answered is what the last of it wrote."""
    held = threading.Event()
    store.write(lambda transaction: held.wait())
    seen = []
    futures = [store.write(put(number)) for number in range(20)]
    futures[0].add_done_callback(lambda future: seen.append(len(rows(store))))
    held.set()
    wait(futures)
    store.write(lambda transaction: None).result()
    assert seen == [20]


def test_a_reader_sees_one_state_and_holds_nobody_up(store):
    store.write(put(0)).result()

    def twice(transaction):
        before = records.rows_of(transaction, "s")
        store.write(put(1)).result()
        return before, records.rows_of(transaction, "s")

    before, after = store.read(twice)
    assert before == after == [(0, b"{}")]
    assert len(rows(store)) == 2


def test_two_processes_write_one_after_the_other(opened):
    """As a command that erases somebody does while the study is served."""
    stores = [opened(), opened()]

    def add(transaction):
        count = transaction.execute("SELECT count(*) FROM events")[0][0]
        put(count)(transaction)

    futures = [stores[number % 2].write(add) for number in range(60)]
    for future in futures:
        future.result()
    assert [seq for seq, _ in rows(stores[0])] == list(range(60))


def test_a_closed_store_says_so_and_has_done_what_waited(store):
    futures = [store.write(put(number)) for number in range(500)]
    store.close()
    assert [future.result() for future in futures] == list(range(500))
    with pytest.raises(StoreUnavailable, match="the study is being closed"):
        store.write(put(1_000)).result()


def test_a_database_of_an_older_version_is_brought_up_to_date(store):
    """By a migration that adds a column, as the next version might have one."""
    words = {"int": "INTEGER", "blob": "BYTEA", "serial": "INTEGER", "strict": ""}
    store.write(put(0)).result()
    later = (*MIGRATIONS, ("ALTER TABLE events ADD COLUMN note TEXT",))
    store.write(lambda transaction: migrate(transaction, words, where="it", migrations=later)).result()
    assert store.read(lambda transaction: transaction.execute("SELECT note FROM events")) == [(None,)]
    # Done once: a second time nothing is changed.
    store.write(lambda transaction: migrate(transaction, words, where="it", migrations=later)).result()
    with pytest.raises(StudyError, match=f"it has tables of version {VERSION + 1}, .* knows those up to {VERSION}"):
        store.write(lambda transaction: migrate(transaction, words, where="it")).result()


def test_what_was_deleted_is_in_none_of_sqlites_files(tmp_path):
    store = SqliteStore(tmp_path / "study.sqlite")
    secret = b"what somebody said in confidence"
    for number in range(50):
        store.write(put(number, secret * 20)).result()
    store.write(lambda transaction: transaction.execute("DELETE FROM events")).result()
    store.purge()
    assert not any(secret in file.read_bytes() for file in tmp_path.iterdir())
    store.close()


def test_a_backup_holds_what_was_acknowledged_and_is_taken_while_others_write(store, tmp_path):
    store.write(put(0)).result()
    futures = [store.write(put(number)) for number in range(1, 300)]
    store.backup(tmp_path / "copy")
    wait(futures)
    content = (tmp_path / "copy").read_bytes()
    assert content.startswith((b"SQLite format 3", b"PGDMP"))
