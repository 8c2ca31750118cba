"""A PostgreSQL of the tests' own, where there is one to start."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_FOLDERS = [*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/local/pgsql/bin")]
# PostgreSQL refuses to be run by root.
_AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []


def program(name):
    return shutil.which(name, path=os.pathsep.join([*map(str, _FOLDERS), os.environ["PATH"]]))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The address of a server that listens on a socket in a folder of its own, without the name of a database."""
    if not all(map(program, ("initdb", "pg_ctl", "createdb"))):
        pytest.skip("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
    # Not below a folder that only root may enter, and short: a socket's path has at most 107 characters.
    folder = Path(tempfile.mkdtemp())
    if _AS_NOBODY:
        shutil.chown(folder, "nobody", "nogroup")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    subprocess.run([*_AS_NOBODY, program("initdb"), "-D", folder / "data", "-A", "trust", "-U", "study"], **quiet)
    start = [program("pg_ctl"), "-D", folder / "data", "-l", folder / "log", "-o", options, "-w", "start"]
    subprocess.run([*_AS_NOBODY, *start], **quiet)
    yield f"postgresql://study@/{{}}?host={folder}"
    subprocess.run([*_AS_NOBODY, program("pg_ctl"), "-D", folder / "data", "-m", "immediate", "stop"], **quiet)
    shutil.rmtree(folder)


@pytest.fixture
def new_database(postgres, request):
    """The address of an empty database."""
    name = f"t{abs(hash(request.node.nodeid)):x}"
    host = postgres.partition("host=")[2]
    subprocess.run([program("createdb"), "-h", host, "-U", "study", name], check=True)
    return postgres.format(name)
