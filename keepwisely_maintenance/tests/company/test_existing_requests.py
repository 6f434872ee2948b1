from odoo.tests import tagged
from odoo.tools import SQL

from ...existing_requests import SAME, TABLE, follow_stages, pre_init_hook
from ..common import MaintenanceCase

FILLED = [*SAME, "maintenance_person_id", "warehouse_id"]


@tagged("post_install", "-at_install")
class TestExistingRequests(MaintenanceCase):
    """What the installation writes about requests from before the module is what their fields would compute."""

    acts_cold = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Another Plant"})
        cls.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": cls.env.company.id, "sequence": 99}
        )
        shelf = cls.env["stock.warehouse"].search([("code", "=", "SEC")]).lot_stock_id
        cls.pump = cls.env["maintenance.equipment"].create(
            {"name": "Pump", "maintenance_team_id": cls.team.id, "location_id": shelf.id}
        )
        cls.stages = cls.env["maintenance.stage"].search([("state", "!=", False)])
        values = [
            {"name": f"In {stage.name}", "stage_id": stage.id, "maintenance_team_id": cls.team.id, **more}
            for stage in cls.stages
            for more in (
                {"equipment_id": cls.conveyor.id, "user_id": cls.technician.id},
                {"equipment_id": cls.pump.id},
                {"company_id": company.id, "maintenance_team_id": cls.env["maintenance.team"].create({"name": "T"}).id},
            )
        ]
        bare = cls.env["maintenance.request"].create([{"name": line["name"]} for line in values])
        for request, line in zip(bare, values, strict=True):
            # as native code left them: no rule of ours was asked
            columns = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in line.items())
            stamps = SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in stamps_of(cls.env))
            cls.env.flush_all()
            cls.env.cr.execute(SQL("UPDATE maintenance_request SET %s, %s WHERE id = %s", columns, stamps, request.id))
        cls.env.invalidate_all()
        cls.requests = bare

    def test_filled_as_computed(self):
        ids = tuple(self.requests.ids)
        self.env.flush_all()
        for name in FILLED:
            self.env.cr.execute(SQL("ALTER TABLE %s DROP COLUMN %s CASCADE", SQL.identifier(TABLE), SQL.identifier(name)))
        self.env.invalidate_all()
        pre_init_hook(self.env)
        follow_stages(self.env)
        columns = SQL(", ").join(map(SQL.identifier, FILLED))
        read = SQL("SELECT id, %s FROM maintenance_request WHERE id IN %s ORDER BY id", columns, ids)
        filled = self.env.execute_query(read)
        self.assertEqual(len({row[FILLED.index("state") + 1] for row in filled}), len(set(self.stages.mapped("state"))))
        self.assertEqual(len({row[FILLED.index("warehouse_id") + 1] for row in filled}), 3)
        requests = self.env["maintenance.request"]
        for name in FILLED:
            if requests._fields[name].compute:
                self.env.add_to_compute(requests._fields[name], self.requests)
        self.env["maintenance.request"].flush_model()
        computed = self.env.execute_query(read)
        for before, after in zip(filled, computed, strict=True):
            before, after = (dict(zip(FILLED, row[1:], strict=True)) for row in (before, after))
            self.assertIs(before["maintenance_is_answer_due"], False, "nobody is asked about work from before")
            self.assertEqual(before, after | {"maintenance_is_answer_due": False})

    def test_nothing_is_written_twice(self):
        """The hook leaves columns alone that are there: somebody installs again what is installed."""
        self.env.flush_all()
        before = self.env.execute_query(SQL("SELECT * FROM maintenance_request ORDER BY id"))
        pre_init_hook(self.env)
        follow_stages(self.env)
        self.assertEqual(self.env.execute_query(SQL("SELECT * FROM maintenance_request ORDER BY id")), before)


def stamps_of(env):
    """Columns that Odoo's own requests do not have and that say when something was done."""
    fields = env["maintenance.request"]._fields
    return [name for name in fields if name.startswith("date_") and fields[name].store and fields[name].type == "datetime"]
