"""`odoo maintenance_rehearse`: a move, tried on a copy of the database."""

import csv
import sys
import tempfile
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

import odoo
from odoo import api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service import db
from odoo.tools import config

#: Beside the files: what the other system says, in the columns of the figures that are written.
EXPECTED = "expected.csv"
COLUMNS = ["figure", "of", "number"]
#: So many bad rows of a file are told at once; its workbook has all.
TOLD = 10


def _read_day(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no date; write it as 2026-08-31.") from None


class MaintenanceRehearse(Command):
    """Load a folder of files into a copy of a database, and compare the figures with those of the other system.

    The database itself is read, never written. The copy sends no mail. It stays until the next rehearsal, so that
    it can be looked at.
    """

    name = "maintenance_rehearse"

    def run(self, cmdargs):
        parser = self.parser
        parser.add_argument("-d", "--database", required=True, help="the database that is copied")
        parser.add_argument("--files", required=True, type=Path, help="the folder; docs/going-live.md says what files are called")
        parser.add_argument("--login", required=True, help="who brings them in: a user with the right Bring in history")
        parser.add_argument("--copy", help="name of the copy; by default the name of the database and _rehearsal")
        parser.add_argument("--create", action="store_true", help="make categories and vendors that are named and missing")
        parser.add_argument("--out", type=Path, help="folder for bad rows and figures; by default the folder and -rehearsal")
        parser.add_argument("--until", type=_read_day, help="last day of the key figures, as 2026-08-31; by default today")
        args, rest = parser.parse_known_args(cmdargs)
        files = sorted(path for path in args.files.iterdir() if path.suffix.lower() in (".csv", ".xlsx", ".xls", ".ods"))
        files = [path for path in files if path.name != EXPECTED]
        out = args.out or args.files.with_name(f"{args.files.resolve().name}-rehearsal")
        out.mkdir(exist_ok=True)
        config.parse_config([*rest, "--no-http", "--log-level=error"], setup_logging=True)
        config["list_db"] = True
        copy = args.copy or f"{args.database}_rehearsal"
        if copy == args.database:
            parser.error("the copy needs a name of its own")
        self._copy(args.database, copy)
        try:
            with Registry(copy).cursor() as cr:
                env = self._get_user_env(cr, args.login, parser)
                self._load(env, files, out, args.create)
                same = self._compare(env, args.files / EXPECTED, out, args.until)
        except UserError as error:
            sys.exit(f"{args.login}: {error}")
        print(f"\nThe copy is called {copy}.")
        sys.exit(0 if same else 1)

    def _copy(self, database, copy):
        """By a dump, which leaves whoever works in the database alone."""
        if db.exp_db_exist(copy):
            db.exp_drop(copy)
        print(f"Copying {database} to {copy}")
        with tempfile.NamedTemporaryFile(suffix=".zip") as dump:
            db.dump_db(database, dump)
            dump.flush()
            db.restore_db(copy, dump.name, copy=True, neutralize_database=True)

    def _get_user_env(self, cr, login, parser):
        env = api.Environment(cr, odoo.SUPERUSER_ID, {})
        user = env["res.users"].search([("login", "=", login)])
        if not user:
            parser.error(f"nobody has the login {login}")
        return api.Environment(cr, user.id, {**user.context_get(), "allowed_company_ids": user.company_id.ids})

    def _load(self, env, files, out, make_missing=False):
        rehearsal = env["maintenance.history.rehearsal"]
        by_name = {path.name: path for path in files}
        for name, subject in rehearsal.get_order(list(by_name)):
            if not subject:
                print(f"\n{name}: not read, its name says no subject")
                continue
            outcome = rehearsal.load_file(name, by_name[name].read_bytes(), subject, make_missing)
            print(f"\n{name}: {len(outcome.ids)} came in, {len(outcome.bad)} bad rows")
            for line in outcome.lines:
                print(f"  {line}")
            if outcome.unknown:
                print(f"  columns that were not read: {', '.join(outcome.unknown)}")
            for row, reasons in outcome.bad[:TOLD]:
                print(f"  row {row}: {' '.join(reasons)}")
            if outcome.workbook:
                path = out / f"{Path(name).stem}-bad-rows.xlsx"
                path.write_bytes(outcome.workbook)
                print(f"  all of them with their reasons: {path}")
            env.cr.commit()

    def _compare(self, env, expected, out, until):
        figures = env["maintenance.history.figures"].get_figures(until)
        with (out / "figures.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *figures])
        print(f"\n{len(figures)} figures are in {out / 'figures.csv'}")
        if not expected.exists():
            print(f"Nothing to compare: {expected.name} is not in the folder")
            return True
        with expected.open(encoding="utf-8-sig", newline="") as file:
            wanted = [(row["figure"], row["of"], float(row["number"])) for row in csv.DictReader(file)]
        rows = env["maintenance.history.figures"].compare(figures, wanted)
        for figure, of, number, found, agrees in rows:
            if not agrees:
                print(f"  differs: {figure}, {of}: {number:.4f} there, {'nothing' if found is None else f'{found:.4f}'} here")
        differ = sum(not row[-1] for row in rows)
        print(f"agree {len(rows) - differ}, differ {differ}")
        return not differ
