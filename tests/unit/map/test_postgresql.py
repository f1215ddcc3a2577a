"""PostgreSQL as a source, against a server of our own in a temporary folder, run by a user without rights."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from tempfile import mkdtemp

import pytest
from click.testing import CliRunner

from lodgrants.cli.main import cli
from lodgrants.errors import InputError

TABLES = """
CREATE TABLE grants (id integer PRIMARY KEY, "Title" text, amount numeric(12,2), share double precision,
  open boolean, awarded date, changed timestamp, changed_at timestamptz, at time, raw bytea, tags text[],
  code char(4), big bigint, funder integer, note json, uid uuid);
INSERT INTO grants VALUES
  (1, 'Über "x"', 1200.50, 0.25, true, '2024-01-05', '2024-01-05 10:00:00', '2024-01-05 10:00:00+02', '10:30',
   '\\xCAFE', '{a,b}', 'ab', 9007199254740993, 7, '{"a": 1}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
  (2, NULL, 30, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE funders (id integer, name varchar(20));
INSERT INTO funders VALUES (7, 'F'), (8, 'G');
CREATE SCHEMA other;
CREATE VIEW other.names AS SELECT name FROM funders;
"""
HEAD = """@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://w3id.org/rml/> .
@prefix ex: <http://ex/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
"""


def binaries() -> Path | None:
    found = [Path(each).parent for each in sorted(glob("/usr/lib/postgresql/*/bin/initdb"))]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else found[-1] if found else None


def unprivileged() -> dict[str, int]:
    """Return the user to run the server as: it refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid}
    return {}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Give the DSN of a running server with the tables above."""
    pytest.importorskip("adbc_driver_postgresql", reason="the driver is not installed (extra postgresql)")
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed here (Debian's package is postgresql)")
    who = unprivileged()
    base = Path(mkdtemp(prefix="lodgrants-pg-", dir="/tmp"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if who:
        os.chown(base, who["user"], who["group"])
    data, env = base / "data", {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    common = {"check": True, "capture_output": True, "env": env, "cwd": base, **who}
    subprocess.run([folder / "initdb", "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8"], **common)  # type: ignore[call-overload]
    options = f"-p {port} -k {base} -c listen_addresses=127.0.0.1 -c fsync=off"
    start = [folder / "pg_ctl", "-D", data, "-w", "-l", base / "log", "-o", options, "start"]
    subprocess.run(start, **{**common, "capture_output": False, "stdout": subprocess.DEVNULL})  # type: ignore[call-overload]
    try:
        psql = [folder / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "owner", "-d", "postgres"]
        subprocess.run([*psql, "-v", "ON_ERROR_STOP=1", "-c", TABLES.replace("\\\\", "\\")], **common)  # type: ignore[call-overload]
        yield f"jdbc:postgresql://127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **common)  # type: ignore[call-overload]
        shutil.rmtree(base, ignore_errors=True)


def run(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "m.ttl").write_text(HEAD + text, encoding="utf8")
    result = CliRunner().invoke(cli, ["map", str(tmp_path / "m.ttl"), "-q"], catch_exceptions=False)
    return sorted(result.stdout.splitlines())


def source(server: str, more: str) -> str:
    return f"""<#db> a d2rq:Database ; d2rq:jdbcDSN "{server}" ; d2rq:username "owner" ; d2rq:password "" .
<#s> rml:source <#db> ; {more} .
"""


def literals(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        _, predicate, value = line.removesuffix(" .").split(" ", 2)
        found.setdefault(predicate.removeprefix("<http://ex/").removesuffix(">"), []).append(value)
    return found


def test_a_table_with_the_types_of_the_database(server: str, tmp_path: Path) -> None:
    names = (
        *(
            "changed_at",
            "id",
            "amount",
            "share",
            "open",
            "awarded",
            "changed",
            "at",
            "raw",
            "tags",
            "code",
            "big",
            "uid",
        ),
        "Title",
    )
    poms = "".join(
        f'rml:predicateObjectMap [ rml:predicate ex:{each} ; rml:objectMap [ rml:reference "{each}" ] ] ;'
        for each in names
    )
    text = source(server, 'rml:referenceFormulation rml:SQL2008Table ; rml:iterator "grants"')
    rule = f'<#m> rml:logicalSource <#s> ; {poms} rml:subjectMap [ rml:template "http://ex/{{id}}" ] .'
    found = literals(run(tmp_path, text + rule))
    xsd = "^^<http://www.w3.org/2001/XMLSchema#"
    assert found["id"] == [f'"1"{xsd}integer>', f'"2"{xsd}integer>']
    assert found["amount"] == [f'"1200.5"{xsd}decimal>', f'"30.0"{xsd}decimal>']
    assert found["share"] == [f'"2.5E-1"{xsd}double>']
    assert found["open"] == [f'"true"{xsd}boolean>', f'"false"{xsd}boolean>']
    assert found["awarded"] == [f'"2024-01-05"{xsd}date>']
    assert found["changed"] == [f'"2024-01-05T10:00:00"{xsd}dateTime>']
    assert found["changed_at"] == [f'"2024-01-05T08:00:00Z"{xsd}dateTime>']
    assert found["at"] == [f'"10:30:00"{xsd}time>']
    assert found["raw"] == [f'"CAFE"{xsd}hexBinary>']
    assert found["tags"] == ['"a"', '"b"']
    assert found["big"] == [f'"9007199254740993"{xsd}integer>']
    assert found["Title"] == ['"Über \\"x\\""']
    assert found["uid"] == ['"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"']
    assert found["code"] == ['"ab  "']


def test_a_query(server: str, tmp_path: Path) -> None:
    query = "SELECT g.id, f.name FROM grants g JOIN funders f ON g.funder = f.id"
    text = source(server, f'rml:referenceFormulation rml:SQL2008Query ; rml:iterator "{query}"')
    rule = """<#m> rml:logicalSource <#s> ; rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:funder ; rml:objectMap [ rml:reference "name" ] ] ."""
    assert run(tmp_path, text + rule) == ['<http://ex/1> <http://ex/funder> "F" .']


def test_r2rml_tables_queries_and_joins(server: str, tmp_path: Path) -> None:
    text = f"""<#db> a d2rq:Database ; d2rq:jdbcDSN "{server}" ; d2rq:username "owner" .
<#g> rr:logicalTable [ rml:source <#db> ; rr:tableName "grants" ] ;
  rr:subjectMap [ rr:template "http://ex/{{id}}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:title ; rr:objectMap [ rr:column "\\"Title\\"" ] ] ,
    [ rr:predicate ex:by ; rr:objectMap [ rr:parentTriplesMap <#f> ;
      rr:joinCondition [ rr:child "funder" ; rr:parent "id" ] ] ] .
<#f> rr:logicalTable [ rml:source <#db> ; rr:sqlQuery "SELECT id, name FROM funders" ] ;
  rr:subjectMap [ rr:template "http://ex/f/{{name}}" ; rr:class ex:Funder ] .
<#n> rr:logicalTable [ rml:source <#db> ; rr:tableName "other.names" ] ;
  rr:subjectMap [ rr:template "http://ex/n/{{name}}" ; rr:class ex:Name ] .
"""
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert run(tmp_path, text) == [
        "<http://ex/1> <http://ex/by> <http://ex/f/F> .",
        '<http://ex/1> <http://ex/title> "Über \\"x\\"" .',
        f"<http://ex/f/F> {kind} <http://ex/Funder> .",
        f"<http://ex/f/G> {kind} <http://ex/Funder> .",
        f"<http://ex/n/F> {kind} <http://ex/Name> .",
        f"<http://ex/n/G> {kind} <http://ex/Name> .",
    ]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ('rml:referenceFormulation rml:SQL2008Table ; rml:iterator "none"', "none"),
        ('rml:referenceFormulation rml:SQL2008Query ; rml:iterator "SELEC 1"', "syntax"),
    ],
)
def test_what_the_database_says_has_its_place(server: str, tmp_path: Path, more: str, word: str) -> None:
    rule = '<#m> rml:logicalSource <#s> ; rml:subjectMap [ rml:template "http://ex/{id}" ] .'
    with pytest.raises(InputError, match=word) as caught:
        run(tmp_path, source(server, more) + rule)
    where = caught.value.problems[0].where
    assert where is not None and where.line == 4


def test_no_server_there(tmp_path: Path) -> None:
    pytest.importorskip("adbc_driver_postgresql", reason="the driver is not installed (extra postgresql)")
    text = source(
        "jdbc:postgresql://127.0.0.1:1/none", 'rml:referenceFormulation rml:SQL2008Table ; rml:iterator "x"'
    )
    rule = '<#m> rml:logicalSource <#s> ; rml:subjectMap [ rml:template "http://ex/{id}" ] .'
    with pytest.raises(InputError, match="LG-MAP-004"):
        run(tmp_path, text + rule)
