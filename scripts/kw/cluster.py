"""Private PostgreSQL servers: started on demand, stopped when their last user is gone, however that user ended.

`run` is durable and holds the databases of `make run` and `make db`; `test` trades safety for speed and holds throw-away
databases only; `faults` is durable and killed again and again; `scale` has a replica. Whoever uses a server holds a shared
lock on its file users.lock. Who leaves last stops the server; for users that were killed, a keeper process waits for the
exclusive lock and then stops it.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import psycopg2

from .settings import Failure, digest, say, server_folder

DURABLE = {"max_connections": 300, "shared_buffers": "256MB", "listen_addresses": "''", "unix_socket_permissions": "0700"}
THROW_AWAY = DURABLE | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}
# What goes on in the background must hold neither our terminal nor a pipe that somebody reads to its end.
SILENT = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
LONGEST_SOCKET_PATH = 90  # the system's limit is 107


def open_server(kind):
    return OwnServer(kind) if not os.environ.get("PGHOST") else GivenServer()


@contextlib.contextmanager
def locked(path, mode=fcntl.LOCK_EX, waiting_for=""):
    with open(path, "w") as lock:
        try:
            fcntl.flock(lock, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting_for:
                say(f"waiting for {waiting_for}")
            fcntl.flock(lock, mode)
        yield lock


class GivenServer:
    """The server that PGHOST names. It is the user's: nothing is started, stopped or tuned."""

    own = False

    def __init__(self):
        if os.environ.get("PGUSER") == "postgres":
            raise Failure("Odoo refuses to be PostgreSQL's user postgres; set PGUSER to another role that may create databases")
        self.name = f"server-{digest(os.environ['PGHOST'], os.environ.get('PGPORT', ''))}"

    @contextlib.contextmanager
    def running(self):
        try:
            psycopg2.connect(dbname="postgres").close()
        except psycopg2.OperationalError as error:
            raise Failure(f"cannot use the PostgreSQL server that PGHOST names: {str(error).strip()}") from None
        yield


class OwnServer:
    own = True

    def __init__(self, kind):
        self.name = kind
        self.bin = Path(os.environ["KW_PG_BIN"])
        self.settings = THROW_AWAY if kind == "test" else DURABLE
        # PostgreSQL refuses to run as root, and its own user must be able to reach the data.
        self.owner = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        self.folder = server_folder(kind)
        version = subprocess.run([self.bin / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        self.data = self.folder / f"data-{version.split()[2].split('.')[0]}"
        self.socket = self.folder
        if len(str(self.socket)) > LONGEST_SOCKET_PATH:
            self.socket = Path("/tmp") / f"keepwisely-{os.getuid()}-{digest(str(self.folder))}"
        self.log = self.folder / "postgresql.log"
        self.environment = {}

    @contextlib.contextmanager
    def running(self):
        self._make_folders()
        with locked(self.folder / "users.lock", fcntl.LOCK_SH) as users:
            try:
                with locked(self.folder / "start.lock"):
                    self._start()
                os.environ.update(PGHOST=str(self.socket), PGPORT="5432", PGUSER="odoo")
                yield
            finally:
                self._leave(users)

    def crash(self):
        """Shut down at once, as if the power went: what is open is lost, what is committed is not."""
        self._pg_ctl("stop", "--mode=immediate")

    def recover(self):
        """Start again after a crash, for those who use the server."""
        self._remove_stale_pid_file()
        if not self._try_to_start():
            raise Failure(f"PostgreSQL does not start again, see {self.log}")

    def restart(self, environment):
        """Stop in order and start with other variables of the environment."""
        self._pg_ctl("stop", "--mode=fast")
        self.environment = environment
        self.recover()

    def _leave(self, users):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(users, fcntl.LOCK_SH)  # somebody else uses the server, or the keeper is just stopping it: wait for that
        else:
            self._pg_ctl("stop", "--mode=fast")

    def _make_folders(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.mkdir(mode=0o700, exist_ok=True)
        for folder in {self.folder, self.socket} if self.owner else ():
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)

    def _as_owner(self, *command):
        return [*(("runuser", "-u", self.owner.pw_name, "--") if self.owner else ()), *map(str, command)]

    def _pg_ctl(self, action, *options):
        command = self._as_owner(self.bin / "pg_ctl", action, "-D", self.data, "-w", "-s", *options)
        return subprocess.run(command, cwd="/", env=os.environ | self.environment, **SILENT).returncode

    def _start(self):
        if not self.data.exists():
            self._create()
        elif self._answers():
            return
        elif self._lost_power():
            say("the machine went down while the test server ran; making a new one")
            self._create()
        self._remove_stale_pid_file()
        if not self._try_to_start():
            if self.name != "test":
                tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
                raise Failure(f"PostgreSQL does not start; the end of {self.log}:\n{tail}")
            say("the test server does not start any more; making a new one")
            self._create()
            if not self._try_to_start():
                raise Failure(f"PostgreSQL does not start, see {self.log}")
        (self.folder / "boot").write_text(_boot_id())
        stop = self._as_owner(self.bin / "pg_ctl", "stop", "-D", self.data, "-w", "-s", "--mode=fast")
        subprocess.Popen(
            ["flock", "--exclusive", self.folder / "users.lock", *stop], cwd="/", start_new_session=True, **SILENT,
        )

    def _try_to_start(self):
        for _attempt in range(5):  # the last processes of a killed server need a moment to go
            if self._pg_ctl("start", "-l", self.log, "-t", "120", "-o", f"-k {self.socket} -p 5432") == 0:
                return True
            time.sleep(3)
        return False

    def _answers(self):
        try:
            psycopg2.connect(host=str(self.socket), port=5432, user="odoo", dbname="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _create(self):
        say(f"creating the PostgreSQL server for {self.name} in {self.folder}")
        shutil.rmtree(self.data, ignore_errors=True)
        new = self.data.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        command = [self.bin / "initdb", "-D", new, "-U", "odoo", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        done = subprocess.run(self._as_owner(*command), cwd="/", capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"initdb failed: {done.stderr.strip()}")
        with (new / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in self.settings.items())
        new.rename(self.data)

    def _postmaster(self):
        """The process id that the server's pid file names, and whether that process is the server."""
        try:
            pid = (self.data / "postmaster.pid").read_text().split()[0]
        except (FileNotFoundError, IndexError):
            return None, False
        with contextlib.suppress(OSError):
            return pid, str(self.data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        return pid, False

    def _lost_power(self):
        pid, alive = self._postmaster()
        boot = self.folder / "boot"
        return self.name == "test" and bool(pid) and not alive and boot.exists() and boot.read_text() != _boot_id()

    def _remove_stale_pid_file(self):
        pid, alive = self._postmaster()
        if pid and not alive:  # a killed server's; the id may be another program's by now, and PostgreSQL would not dare start
            (self.data / "postmaster.pid").unlink()
        elif alive and not self._answers():  # it is just stopping or recovering
            for _second in range(60):
                time.sleep(1)
                if self._answers() or self._postmaster() == (None, False):
                    return


def _boot_id():
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text()
    return ""
