"""SQL that means harm: each statement is refused or ended soon, scores nothing and changes nothing."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest
from pets import pets

from turnbench.envs.sharded.instance import Instance
from turnbench.envs.sharded.tasks.database.compare import Result
from turnbench.envs.sharded.tasks.database.databases import databases
from turnbench.envs.sharded.tasks.database.sandbox import SMALL, run
from turnbench.envs.sharded.tasks.database.task import DatabaseTask

TASK = DatabaseTask()


def score_of(reply: str, instance: Instance) -> float:
    return TASK.score(TASK.extract(reply, instance), instance)


COUNTING = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
CROSS = ", ".join(f"pets t{i}" for i in range(14))
LONG = "replace(hex(hex(hex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'))), 'a', 'b')"
CHAIN = ", ".join(f"c{i} AS (SELECT 1 AS x FROM c{i - 1} a, c{i - 1} b)" for i in range(1, 40))
HOSTILE = {
    "endless recursion": COUNTING + "SELECT x FROM c",
    "endless recursion, counted": COUNTING + "SELECT COUNT(*) FROM c",
    "a string that doubles": "WITH RECURSIVE c(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM c) SELECT MAX(x) FROM c",
    "cartesian product": f"SELECT * FROM {CROSS}",
    "cartesian product, counted": f"SELECT COUNT(*) FROM {CROSS}",
    "cartesian product, sorted": f"SELECT {LONG} || t0.id || t1.id FROM {CROSS} ORDER BY 1",
    "cartesian product, distinct": f"SELECT COUNT(DISTINCT {LONG} || t0.id || t1.id || t2.id || t3.id) FROM {CROSS}",
    "cartesian product, joined up": f"SELECT group_concat(t0.name) FROM {CROSS}",
    "cartesian product in EXISTS": f"SELECT name FROM pets WHERE EXISTS (SELECT 1 FROM {CROSS} WHERE t0.id + t1.id > 99)",
    "cartesian product in a window": f"SELECT SUM(t0.id) OVER (ORDER BY t1.id) FROM {CROSS}",
    "copies of copies": f"WITH c0 AS (SELECT 1 AS x), {CHAIN} SELECT COUNT(*) FROM c39",
    "copies of copies, quoted": f"WITH c0 AS (SELECT 1 AS x), {CHAIN} SELECT COUNT(*) FROM c39".replace(" c", ' "c'),
    "copies in copies": "WITH a AS (" * 30 + "SELECT 1 x" + ") SELECT 1 x FROM a, a b" * 30,
    "attach": "ATTACH DATABASE '/tmp/turnbench-evil.db' AS evil",
    "detach": "DETACH DATABASE main",
    "pragma": "PRAGMA table_info(pets)",
    "pragma that writes": "PRAGMA writable_schema = ON",
    "pragma as a table": "SELECT * FROM pragma_table_info('pets')",
    "schema": "SELECT sql FROM sqlite_master",
    "schema, counted": "SELECT COUNT(*) FROM sqlite_master",
    "pragma, counted": "SELECT COUNT(*) FROM pragma_table_info('pets')",
    "json table, counted": "SELECT COUNT(*) FROM json_each('[1, 2]')",
    "drop": "DROP TABLE pets",
    "delete": "DELETE FROM pets",
    "delete behind a WITH": "WITH x AS (SELECT 1) DELETE FROM pets",
    "delete returning": "DELETE FROM pets RETURNING *",
    "insert": "INSERT INTO pets DEFAULT VALUES",
    "update": "UPDATE pets SET name = 'x'",
    "replace": "REPLACE INTO pets (id) VALUES (1)",
    "alter": "ALTER TABLE pets RENAME TO cats",
    "create": "CREATE TABLE x (y)",
    "temporary table": "CREATE TEMP TABLE x AS SELECT * FROM pets",
    "view": "CREATE VIEW x AS SELECT 1",
    "index": "CREATE INDEX x ON pets(name)",
    "trigger": "CREATE TRIGGER x AFTER INSERT ON pets BEGIN SELECT 1; END",
    "virtual table": "CREATE VIRTUAL TABLE x USING fts5(y)",
    "vacuum": "VACUUM",
    "vacuum into": "VACUUM INTO '/tmp/turnbench-evil.db'",
    "analyze": "ANALYZE",
    "reindex": "REINDEX",
    "begin": "BEGIN EXCLUSIVE",
    "savepoint": "SAVEPOINT x",
    "explain": "EXPLAIN SELECT name FROM pets",
    "load_extension": "SELECT load_extension('/tmp/evil')",
    "writefile": "SELECT writefile('/tmp/turnbench-evil', 'x')",
    "readfile": "SELECT readfile('/etc/hostname')",
    "fts3_tokenizer": "SELECT fts3_tokenizer('simple')",
    "random": "SELECT random()",
    "randomblob": "SELECT randomblob(1000000000)",
    "zeroblob": "SELECT zeroblob(1000000000)",
    "zeroblob in hex": "SELECT hex(zeroblob(2000000000))",
    "printf width": "SELECT printf('%1000000000d', 1)",
    "printf repeated": "SELECT printf('%.*c', 1000000000, 'x')",
    "printf precision": "SELECT printf('%.999999999f', 1.0)",
    "clock": "SELECT CURRENT_TIMESTAMP",
    "clock in a date": "SELECT date('n' || 'ow')",
    "clock by default": "SELECT strftime('%Y')",
    "time zone": "SELECT datetime('2020-01-01', 'localtime')",
    "version": "SELECT sqlite_version()",
    "json table": "SELECT * FROM json_each('[1, 2]')",
    "series": "SELECT * FROM generate_series(1, 1000000000)",
    "parameter": "SELECT ?",
    "named parameter": "SELECT :x",
    "deep parentheses": "SELECT " + "(" * 2_000 + "1" + ")" * 2_000,
    "deep sum": "SELECT " + "1+" * 3_000 + "1",
    "deep minus": "SELECT " + "- " * 3_000 + "1",
    "deep CASE": "SELECT " + "CASE WHEN 1 THEN " * 300 + "1" + " END" * 300,
    "deep subqueries": "SELECT * FROM (" * 200 + "SELECT 1" + ")" * 200,
    "many columns": "SELECT " + ",".join(["*"] * 2_000) + " FROM pets",
    "many unions": "SELECT 1" + " UNION SELECT 1" * 500,
    "many joins": "SELECT COUNT(*) FROM " + " NATURAL JOIN ".join(f"pets t{i}" for i in range(65)),
    "a megabyte of text": f"SELECT '{'a' * 1_000_000}'",
    "a megabyte of space": f"SELECT{' ' * 1_000_000}1",
    "a text beyond the limit": f"SELECT '{'a' * 5_000}'",
    "two statements": "SELECT name FROM pets; DELETE FROM pets",
    "two statements, a comment": "SELECT name FROM pets; -- all\nDELETE FROM pets",
    "two statements, more comments": "SELECT name FROM pets /* ; */ ; /* */ SELECT 2",
    "two statements, strange spaces": "SELECT name FROM pets;\u00a0\u2028DELETE FROM pets",
    "NUL": "SELECT name FROM pets\x00; DELETE FROM pets",
    "NUL alone": "\x00",
    "lone surrogate": "SELECT '\ud800'",
    "wide letters": "ＳＥＬＥＣＴ name FROM pets",
    "unknown collation": "SELECT name FROM pets ORDER BY name COLLATE evil",
    "overflow": "SELECT abs(-9223372036854775807 - 1)",
    "unclosed string": "SELECT 'name FROM pets",
    "unclosed comment": "/* SELECT name FROM pets",
    "nothing": ";",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_sql_scores_nothing_soon_and_changes_nothing(what: str) -> None:
    instance = pets("SELECT name FROM pets")
    (place,), _ = databases(instance.truth)
    with closing(place()) as connection:
        before = connection.serialize()
    start = time.process_time()
    assert TASK.score(HOSTILE[what], instance) == 0.0
    assert time.process_time() - start < 2
    with closing(place()) as connection:
        assert connection.serialize() == before
    assert not list(Path("/tmp").glob("turnbench-evil*"))
    # As a reply it is answered as well, in a fence and without.
    for reply in (f"```sql\n{HOSTILE[what]}\n```", HOSTILE[what]):
        assert score_of(reply, instance) in (0.0, 1.0)


def test_limits_hold() -> None:
    (place,), _ = databases(pets("SELECT 1").truth)
    two_tables = "SELECT a.name FROM pets a, pets b"
    assert run(place, two_tables, SMALL) is not None
    assert run(place, two_tables, SMALL._replace(rows=24)) is None
    assert run(place, two_tables, SMALL._replace(size=100)) is None
    counted = COUNTING.replace("FROM c)", "FROM c LIMIT 2000)") + "SELECT COUNT(*) FROM c"
    assert run(place, counted, SMALL) == Result(1, [(2000,)])
    assert run(place, counted, SMALL._replace(steps=2_000)) is None
    assert run(place, COUNTING + "SELECT COUNT(*) FROM c", SMALL._replace(steps=1 << 60, seconds=0.05)) is None
