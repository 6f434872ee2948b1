"""A second PostgreSQL that follows the first one by streaming, and answers whoever only reads."""

import contextlib
import fcntl
import shutil
import subprocess
import time

import psycopg2

from ..cluster import OwnServer, locked
from ..settings import Failure, say

SLOT = "keepwisely_replica"  # keeps what a replica that is away has not read yet


class Replica(OwnServer):
    """Made anew from the primary for as long as the block runs, in a folder with a socket of its own."""

    def __init__(self, primary):
        super().__init__(f"{primary.name}-replica")
        self.primary = primary

    @contextlib.contextmanager
    def running(self):
        self._make_folders()
        with locked(self.folder / "users.lock", fcntl.LOCK_SH) as users:
            try:
                with locked(self.folder / "start.lock"):
                    if self._postmaster()[1]:
                        self._pg_ctl("stop", "--mode=immediate")
                    self._create()
                    self._start()
                yield self
            finally:
                self._leave(users)
                shutil.rmtree(self.data, ignore_errors=True)
                self.forget()

    def forget(self):
        """The primary neither waits for a replica nor keeps anything for one."""
        self.wait_for_it(False)
        unused = f"SELECT slot_name FROM pg_replication_slots WHERE slot_name = '{SLOT}' AND NOT active"
        self.tell_primary(f"SELECT pg_drop_replication_slot(slot_name) FROM ({unused}) unused")

    def _create(self):
        shutil.rmtree(self.data, ignore_errors=True)
        self.forget()
        say("copying the primary for its replica")
        command = [
            self.bin / "pg_basebackup", "-h", self.primary.socket, "-p", "5432", "-U", "odoo", "-D", self.data,
            "--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--create-slot", f"--slot={SLOT}",
        ]  # fmt: skip
        done = subprocess.run(self._as_owner(*command), cwd="/", capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"pg_basebackup failed: {done.stderr.strip()}")
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("hot_standby_feedback = on\n")  # what is read here is not cleaned away there

    # -- Asking ------------------------------------------------------------------------------------------

    def tell_primary(self, text):
        connection = psycopg2.connect(host=str(self.primary.socket), port=5432, user="odoo", dbname="postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cr:
            cr.execute(text)
            return cr.fetchall() if cr.description else []

    def ask(self, text, *params, database="postgres"):
        connection = psycopg2.connect(host=str(self.socket), port=5432, user="odoo", dbname=database)
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cr:
            cr.execute(text, params)
            return cr.fetchall() if cr.description else []

    def transactions(self, database):
        """How many it has seen; what a connection did lately is told with a delay."""
        time.sleep(2)
        [(count,)] = self.ask("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s", database)
        return count

    def readers(self, database):
        """The names of the programs that are connected."""
        return {name for (name,) in self.ask("SELECT application_name FROM pg_stat_activity WHERE datname = %s", database)}

    # -- Being late --------------------------------------------------------------------------------------

    def wait_for_it(self, wait):
        """Whether a commit waits until the replica shows it."""
        for name, value in (("synchronous_standby_names", "'*'"), ("synchronous_commit", "remote_apply")):
            self.tell_primary(f"ALTER SYSTEM SET {name} = {value}" if wait else f"ALTER SYSTEM RESET {name}")
        self.tell_primary("SELECT pg_reload_conf()")
        time.sleep(0.5)

    @contextlib.contextmanager
    def late(self):
        """It takes what comes and shows nothing of it."""
        self.ask("SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self.ask("SELECT pg_wal_replay_resume()")

    def catches_up(self, seconds=60):
        end = time.monotonic() + seconds
        [(wanted,)] = self.tell_primary("SELECT pg_current_wal_lsn()")
        while time.monotonic() < end:
            with contextlib.suppress(psycopg2.OperationalError):
                [(there,)] = self.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", wanted)
                if there:
                    return True
            time.sleep(0.1)
        return False


