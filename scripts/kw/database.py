"""Databases: made by cloning a template that already has Odoo's modules in it, then installing this module."""

import contextlib
import os
import re
import shutil
import time

import psycopg2
from psycopg2 import sql

from .cluster import locked
from .odoo import Odoo
from .settings import CACHE, LOCK_FILE, MODULE, Failure, dependencies, digest, module_fingerprint, module_folders, say

# Style sheets and scripts take half a minute to build; every clone then has them. What a browser makes Odoo build within a
# test is gone with it.
WARM_UP = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"
TEMPLATES_KEPT = 3
THROW_AWAY = re.compile(r"keepwisely_test_(\d+)(_|$)")


class Databases:
    def __init__(self, server):
        self.server = server
        self.odoo = Odoo(server)

    # --- PostgreSQL -----------------------------------------------------------------------------------------------------

    @staticmethod
    def query(text, *params, identifiers=(), database="postgres"):
        connection = psycopg2.connect(dbname=database)
        connection.autocommit = True  # databases are not created and dropped inside a transaction
        with contextlib.closing(connection), connection.cursor() as cr:
            cr.execute(sql.SQL(text).format(*map(sql.Identifier, identifiers)), params)
            return cr.fetchall() if cr.description else []

    def exists(self, database):
        return bool(self.query("SELECT 1 FROM pg_database WHERE datname = %s", database))

    def has_demo(self, database):
        [(demo,)] = self.query("SELECT demo FROM ir_module_module WHERE name = %s", MODULE, database=database)
        return demo

    def modules(self, database):
        """The module and the bridges beside it, as far as they are installed."""
        installed = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        names = {name for (name,) in self.query(installed, database=database)}
        return [folder.name for folder in module_folders() if folder.name in names]

    def drop(self, database):
        self.query("DROP DATABASE IF EXISTS {} WITH (FORCE)", identifiers=[database])
        shutil.rmtree(self.odoo.filestore(database), ignore_errors=True)

    def clone(self, template, database):
        source, target = self.odoo.filestore(template), self.odoo.filestore(database)
        shutil.rmtree(target, ignore_errors=True)
        if source.exists():  # PostgreSQL copies rows only; without these files every asset would answer 500
            shutil.copytree(source, target)
        try:
            self.query("CREATE DATABASE {} TEMPLATE {}", identifiers=[database, template])
        except psycopg2.errors.ObjectInUse:
            raise Failure(f"{template} is in use by another command, so it cannot be copied now") from None

    def copy(self, database, target):
        """Clone a database with the module, which is as current in the copy."""
        self.drop(target)
        self.clone(database, target)
        self._set_fingerprint(target, self._fingerprint(database))

    # The fingerprint of the module's files at the last install or upgrade is kept as the database's comment: it comes and
    # goes with the database.

    def _fingerprint(self, database):
        [(comment,)] = self.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", database)
        return comment

    def _set_fingerprint(self, database, fingerprint):
        self.query("COMMENT ON DATABASE {} IS %s", fingerprint, identifiers=[database])

    def is_current(self, database):
        return self._fingerprint(database) == module_fingerprint()

    # --- Odoo -----------------------------------------------------------------------------------------------------------

    def template(self, demo):
        """The name of the database with everything that this module builds on, made first where it is missing."""
        key = digest(os.environ["KW_ODOO_ID"], *dependencies(), LOCK_FILE.read_text(), WARM_UP)
        name = f"keepwisely_template_{'demo' if demo else 'plain'}_{key}"
        lock = CACHE / f"template-{self.server.name}-{demo:d}.lock"
        with locked(lock, waiting_for="another run that makes the template database"):
            if not self.exists(name):
                say(f"installing Odoo's modules{' with demo data' if demo else ''} into a template database"
                    f" (once; about {'three minutes' if demo else 'a minute'})")
                new = f"{name}_new"
                self.drop(new)
                args = ["--with-demo"] if demo else []
                code, log = self.odoo.change_modules(new, f"--init={','.join(dependencies())}", *args)
                if not code:
                    code, log = self.odoo.script(new, WARM_UP)
                if code:
                    raise Failure(f"Odoo's own modules do not install; see {log.path}\n" + "\n".join(log.complaints[-5:]))
                shutil.rmtree(self.odoo.filestore(name), ignore_errors=True)
                self.odoo.filestore(new).rename(self.odoo.filestore(name))
                self.query("ALTER DATABASE {} RENAME TO {}", identifiers=[new, name])
                self._drop_old_templates(name.rpartition("_")[0])
        return name

    def _drop_old_templates(self, prefix):
        """Keep the newest ones: other checkouts may build on other modules."""
        templates = self.query("SELECT datname FROM pg_database WHERE datname ~ %s ORDER BY oid DESC", f"^{prefix}_[0-9a-f]+$")
        for (name,) in templates[TEMPLATES_KEPT:]:
            self.drop(name)

    def _changing(self, database):
        return locked(self.odoo.data_dir / f"{database}.lock", waiting_for=f"another command that changes {database}")

    def prepare(self, database, demo, strict=False):
        """Have the database with the module as it is now, by whatever that takes."""
        with self._changing(database):
            if not self.exists(database):
                self._create(database, demo, strict)
            elif self._fingerprint(database) != module_fingerprint():
                say("the module's files have changed since the last install or upgrade")
                self._upgrade(database, strict)

    def create(self, database, demo, strict=False):
        with self._changing(database):
            self._create(database, demo, strict)

    def upgrade(self, database):
        with self._changing(database):
            self._upgrade(database)

    def _create(self, database, demo, strict=False):
        template = self.template(demo)
        if self.exists(database):
            say(f"dropping {database}")
        self.drop(database)
        self.clone(template, database)
        say(f"installing {MODULE} in {database}")
        try:
            self._change_module(database, "--init", strict)
        except BaseException:
            self.drop(database)  # nobody shall take half a database for a whole one
            raise

    def _upgrade(self, database, strict=False):
        say(f"upgrading {MODULE} in {database}")
        self._change_module(database, "--update", strict)

    def _change_module(self, database, how, strict):
        start, fingerprint = time.time(), module_fingerprint()
        code, log = self.odoo.change_modules(database, f"{how}={MODULE}")
        for complaint in log.complaints:
            say(complaint)
        if code:
            raise Failure(f"{MODULE} does not install; Odoo's whole log is in {log.path}")
        if strict and log.complaints:
            raise Failure(f"{MODULE} installs with {len(log.complaints)} warnings or errors, shown above; the tests ask for none")
        self._set_fingerprint(database, fingerprint)
        say(f"done in {time.time() - start:.0f} s")

    def add(self, database, modules):
        """Install those of Odoo's ``modules`` that the database does not have yet."""
        rows = self.query("SELECT name FROM ir_module_module WHERE state = 'installed'", database=database)
        missing = sorted(set(modules) - {name for (name,) in rows})
        if not missing:
            return
        say(f"installing {', '.join(missing)} in {database}")
        with self._changing(database):
            code, log = self.odoo.change_modules(database, f"--init={','.join(missing)}")
        for complaint in log.complaints:
            say(complaint)
        if code:
            raise Failure(f"{', '.join(missing)} does not install in {database}; Odoo's whole log is in {log.path}")

    def warm_up(self, database):
        """Build what browsers load, unless that was done since modules changed last."""
        [(is_warm,)] = self.query("""
            SELECT max(asset.create_date) > (SELECT max(write_date) FROM ir_module_module WHERE state = 'installed')
              FROM ir_attachment asset WHERE starts_with(url, '/web/assets/')""", database=database)
        if not is_warm:
            code, log = self.odoo.script(database, WARM_UP)
            if code:
                raise Failure(f"style sheets and scripts cannot be built; Odoo's whole log is in {log.path}")

    def derive(self, database, origin, key, modules=(), script=""):
        """Have a copy of ``origin`` with ``modules`` and what ``script`` does, made anew when ``key`` is not that of before."""
        with self._changing(database):
            if self.exists(database) and self._fingerprint(database) == key:
                return
            say(f"making {database}{' with ' if modules else ''}{', '.join(modules)}")
            self.drop(database)
            self.clone(origin, database)
            code, log = 0, None
            if modules:
                code, log = self.odoo.change_modules(database, f"--init={','.join(modules)}")
            if script and not code:
                code, log = self.odoo.script(database, script)
            if code:
                self.drop(database)
                raise Failure(f"{database} cannot be made; Odoo's whole log is in {log.path}")
            self._set_fingerprint(database, key)

    def require(self, database):
        if not self.exists(database):
            raise Failure(f"there is no database {database}; create it with: make db DB={database} [DEMO=1]")

    @contextlib.contextmanager
    def throw_away(self, with_module=True):
        """A database for as long as the block runs."""
        database = f"keepwisely_test_{os.getpid()}"
        try:
            if with_module:
                self.create(database, demo=False, strict=True)
            else:
                self.clone(self.template(demo=False), database)
            yield database
        finally:
            self.drop(database)
            (self.odoo.data_dir / f"{database}.lock").unlink(missing_ok=True)

    @contextlib.contextmanager
    def clones(self, database, count):
        """Copies of a database for as long as the block runs; gives what their names begin with, before 0, 1, …"""
        beginning = f"keepwisely_test_{os.getpid()}_gw"
        names = [f"{beginning}{number}" for number in range(count)]
        try:
            for name in names:
                self.clone(database, name)
            yield beginning
        finally:
            for name in names:
                self.drop(name)

    def drop_orphans(self):
        """Drop what test runs left that were killed."""
        if not self.server.own:
            return  # on a shared server the process may be alive on another machine
        for (name,) in self.query("SELECT datname FROM pg_database"):
            match = THROW_AWAY.match(name)
            if match and not os.path.exists(f"/proc/{match[1]}"):
                self.drop(name)
