from unittest.mock import patch

from psycopg2.errors import ForeignKeyViolation

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name
from odoo.tests.common import DummyRLock
from odoo.tools import SQL, mute_logger


class CommitCase(BaseCase):
    """For tests on connections of their own, which commit: every row added is deleted again afterwards.

    Much of it cannot be deleted by the models, like decisions and their history, so it is done
    in SQL. Rows of before must be left as they were: nothing puts their old values back.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Odoo's own runner holds this lock while it runs tests: threads would wait for it for ever
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls.addClassCleanup(cls._delete_added, cls._last_ids())

    @classmethod
    def _env(cls, cr, user_id=SUPERUSER_ID):
        return api.Environment(cr, user_id, {"no_reset_password": True, "mail_create_nolog": True})

    @classmethod
    def _last_ids(cls):
        """The highest id in each table."""
        with cls.registry.cursor() as cr:
            cr.execute(
                """
                SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                 WHERE table_schema = current_schema AND table_type = 'BASE TABLE'
                   AND column_name = 'id' AND data_type = 'integer'
                """
            )
            tables = [table for (table,) in cr.fetchall()]
            cr.execute(
                SQL(" UNION ALL ").join(
                    SQL("(SELECT %s, COALESCE(MAX(id), 0) FROM %s)", table, SQL.identifier(table)) for table in tables
                )
            )
            return dict(cr.fetchall())

    @classmethod
    def _delete_added(cls, before):
        left = {table for table, last in cls._last_ids().items() if last > before[table]}
        with cls.registry.cursor() as cr, mute_logger("odoo.sql_db"):
            cls._env(cr)["maintenance.requisition.log"]._drop_guard()
            while left:
                deleted = {table for table in left if cls._delete_from(cr, table, before[table])}
                if not deleted:
                    raise AssertionError(f"rows of {', '.join(sorted(left))} hold each other")
                left -= deleted
            cls._env(cr)["maintenance.requisition.log"].init()
        cls.registry.clear_all_caches()

    @staticmethod
    def _delete_from(cr, table, last):
        """Whether no other table's rows stand in the way."""
        try:
            with cr.savepoint():
                cr.execute(SQL("DELETE FROM %s WHERE id > %s", SQL.identifier(table), last))
        except ForeignKeyViolation:
            return False
        return True
