"""A backup made while people work is put back as another database: its books agree, and every file is there."""

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import requests

from ..matrix_client import Refused
from .clicks import CLICKS
from .plant import Wrong

WORKERS = 3
LEAST = 5  # so many jobs are reported before the backup is made


def rows(plant):
    return [("backup and restore under load", _backup)]


def _backup(plant):
    server = plant.up()
    work = _Work(plant, [server.person(role) for role in ("technician", "planner", "storekeeper")[:WORKERS]])
    with tempfile.TemporaryDirectory(dir=plant.odoo.data_dir) as name, work:
        work.wait(LEAST)
        before = _jobs(plant)
        save(plant, Path(name))
        after = _jobs(plant)
        for click in CLICKS[:2]:
            click.act(server.person(click.role), plant)
        restored = f"{plant.template}_restored"
        try:
            restore(plant, Path(name), restored)
            work.stop()
            return _look(plant, restored, before, after)
        finally:
            plant.databases.drop(restored)


def save(plant, folder):
    """First the rows, then the files: what a row names is there by then; old files go once a day only."""
    pg_dump = Path(os.environ["KW_PG_BIN"]) / "pg_dump"
    subprocess.run([pg_dump, "--format=custom", f"--file={folder / 'rows'}", plant.database], check=True)
    shutil.copytree(plant.odoo.filestore(plant.database), folder / "files")


def restore(plant, folder, database):
    plant.databases.drop(database)
    plant.databases.query("CREATE DATABASE {} TEMPLATE template0", identifiers=[database])
    pg_restore = Path(os.environ["KW_PG_BIN"]) / "pg_restore"
    subprocess.run([pg_restore, "--exit-on-error", "--no-owner", f"--dbname={database}", folder / "rows"], check=True)
    shutil.copytree(folder / "files", plant.odoo.filestore(database))


def _jobs(plant, database=None):
    return plant.databases.query("SELECT COUNT(*) FROM maintenance_request", database=database or plant.database)[0][0]


def _look(plant, restored, before, after):
    there = _jobs(plant, restored)
    if not before <= there <= after or before == after:
        raise Wrong(f"{there} work orders in the copy; there were {before} before the backup and {after} after it")
    files = plant.databases.query(
        "SELECT DISTINCT store_fname, checksum FROM ir_attachment WHERE store_fname IS NOT NULL", database=restored)
    folder = plant.odoo.filestore(restored)
    bad = [name for name, checksum in files if not (folder / name).exists() or _sum(folder / name) != checksum]
    if bad:
        raise Wrong(f"{len(bad)} of {len(files)} files are not what they were")
    plant.check_books()
    plant.check_books(restored)
    return f"{after - before} work orders came in while it was made, {len(files)} files"


def _sum(path):
    return hashlib.sha1(path.read_bytes()).hexdigest()


class _Work:
    """People report work with a photo as fast as they can, until they are told to stop; never more than so many."""

    MOST = 2000

    def __init__(self, plant, people):
        self._over, self._done, self._wrong = threading.Event(), threading.Semaphore(0), []
        [asset] = plant.sql("SELECT MIN(id) FROM maintenance_equipment")[0]
        self._threads = [threading.Thread(target=self._go_on, args=(person, asset)) for person in people]

    def __enter__(self):
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self._wrong:
            raise Wrong(f"work was refused: {self._wrong[0]}")

    def wait(self, times):
        for _time in range(times):
            if not self._done.acquire(timeout=60):
                raise Wrong(f"nobody can work: {self._wrong}")

    def _go_on(self, person, asset):
        for _number in range(self.MOST):
            if self._over.is_set():
                return
            try:
                [job] = person.call("maintenance.request", "create", [{"name": "Drips", "equipment_id": asset}])
                photo = base64.b64encode(os.urandom(20_000)).decode()
                person.call("ir.attachment", "create", {
                    "name": "photo.png", "datas": photo, "res_model": "maintenance.request", "res_id": job})
            except (Refused, requests.RequestException) as refusal:
                self._wrong.append(refusal)
                return
            self._done.release()
