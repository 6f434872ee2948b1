"""What `make scale` runs: the two machines, their database and its replica, the mail server, and the scheduler's alarm clock."""

import contextlib
import threading
import time

from ..matrix_client import Person
from ..mishaps.mail import ADDRESSES, BY_MAIL
from ..mishaps.smtp import MailServer
from .machine import Machine

#: The scheduler shall come to these at once, as when somebody acts; natively rows are added, and nobody waits for a lock.
CALL = """
    INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, write_uid, create_date, write_date)
    SELECT id, moment, 1, 1, moment, moment FROM unnest(%s) AS id, (SELECT now() AT TIME ZONE 'UTC' AS moment) AS now
     WHERE NOT EXISTS (SELECT FROM ir_cron_trigger WHERE cron_id = id)
"""


class Site:
    def __init__(self, plant, replica):
        self.plant, self.replica, self.database = plant, replica, plant.database
        self.machines = self.first, self.second = [Machine(plant, replica, name) for name in "ab"]
        self.world = {**plant.world, "asset_id": plant.sql("SELECT MIN(id) FROM maintenance_equipment WHERE active")[0][0]}
        self.crons = [*plant.world["crons"].values(), plant.world["mails"]]
        self._start = time.monotonic()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.mail = stack.enter_context(contextlib.closing(MailServer()))
            self.plant.sql(BY_MAIL)
            self.plant.sql(ADDRESSES)
            for machine in self.machines:
                stack.callback(machine.stop)
                machine.start()
            self.person("admin", self.first).call("ir.mail_server", "create", [{
                "name": "Here", "smtp_host": "127.0.0.1", "smtp_port": self.mail.port, "smtp_encryption": "none",
                "from_filter": False}])
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        self._stack.__exit__(*exception)

    def person(self, role, machine):
        login = f"plant_{role}" if role != "admin" else "admin"
        person = Person(machine.address, login, login)
        person.log_in()
        return person

    def call_scheduler(self):
        self.plant.sql(CALL, self.crons)
        self.plant.databases.query("SELECT pg_notify('cron_trigger', %s)", self.database)

    @contextlib.contextmanager
    def calling_scheduler(self):
        """All scheduled actions are called again and again, on every machine, for as long as the block runs."""
        over = threading.Event()

        def call():
            while not over.wait(1):
                self.call_scheduler()

        caller = threading.Thread(target=call)
        caller.start()
        try:
            yield
        finally:
            over.set()
            caller.join()

    def wait(self, holds, seconds=120):
        """Whether it came to hold in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if holds():
                return True
            time.sleep(0.5)
        return False

    def tell_times(self):
        return f"{time.monotonic() - self._start:.0f} s since the start"
