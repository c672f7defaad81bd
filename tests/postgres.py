"""A real PostgreSQL for tests, of its own, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3


def binaries() -> Path | None:
    """Where the newest PostgreSQL of this machine keeps its programs, if there is one."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return max(found, key=lambda path: path.parts, default=None)


class Postgres:
    """A server on a socket in a folder of its own. It does not run as root, so it is given to `postgres` then.

    Its folder is in memory where there is room: thousands of stores are made, and what `fsync` promises is the
    server's to keep, not ours to test.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._empty: list[str] = []
        roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
        self._folder = Path(tempfile.mkdtemp(prefix="sayso-postgres-", dir=_MEMORY if roomy else None))
        self._as: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
            self._as = ["runuser", "-u", "postgres", "--"]
        self._run("initdb", "--username=sayso", "--auth=trust", "--encoding=UTF8", "--locale=C")
        self.start()

    @property
    def data(self) -> Path:
        """Where its files are."""
        return self._folder / "data"

    def url(self, schema: str) -> str:
        """The address of a store of its own in it."""
        return f"postgresql:///postgres?host={self._folder}&user=sayso&options=-csearch_path%3D{schema}"

    def new_schema(self) -> str:
        """Room for another empty store; gives its name."""
        name = f"s{uuid4().hex}"
        with psycopg.connect(self.url(name)) as connection:
            connection.execute(f"create schema {name}".encode())
        return name

    @contextmanager
    def lent_schema(self) -> Iterator[str]:
        """Room for an empty store, whose tables may be there already; emptied and lent again afterwards."""
        name = self._empty.pop() if self._empty else self.new_schema()
        yield name
        with psycopg.connect(self.url(name)) as connection:
            tables = connection.execute(
                "select tablename from pg_tables where schemaname = %s and tablename <> 'sayso_store'", (name,)
            ).fetchall()
            for (table,) in tables:
                connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))
        self._empty.append(name)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = f"-k {self._folder} -c listen_addresses='' -c max_connections=60"
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", settings, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it; `immediate` is as if the power went."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def remove(self) -> None:
        """Stop it for good."""
        self.stop("immediate")
        shutil.rmtree(self._folder)

    def dump(self, schema: str) -> bytes:
        """What pg_dump makes of a store."""
        return self._run("pg_dump", "-h", str(self._folder), "-U", "sayso", "-n", schema, "postgres", data=False)

    def _run(self, program: str, *arguments: str, data: bool = True) -> bytes:
        where = ["-D", str(self.data)] if data else []
        # its output goes nowhere: a server that inherits a pipe keeps it open
        output = subprocess.DEVNULL if data else subprocess.PIPE
        done = subprocess.run(
            [*self._as, str(self._programs / program), *where, *arguments],
            stdout=output,
            stderr=output,
            check=True,
            cwd="/",
        )
        return done.stdout or b""
