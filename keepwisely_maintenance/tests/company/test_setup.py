from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from ...hooks import _create_missing_stages, _number_existing_requests, uninstall_hook
from .stages_common import replace_board


@tagged("post_install", "-at_install")
class TestSetup(TransactionCase):
    """Installing into a database with years of maintenance in it, and leaving it again."""

    def test_missing_stages_are_added_and_the_others_keep_their_order(self):
        board = replace_board(self.env, ("New", False), ("In progress", False), ("Done", True))
        self.env["maintenance.stage"]._maintenance_understand_all()
        _create_missing_stages(self.env)
        stages = self.env["maintenance.stage"].search([])
        self.assertEqual(
            stages.mapped("state"),
            [
                "requested", "approved", "assigned", "waiting_parts", "in_progress",
                "completed", "closed", "cancelled",
            ],
        )  # fmt: skip
        self.assertEqual(stages & board, board.sorted())

    def test_old_requests_get_a_reference(self):
        requests = self.env["maintenance.request"].create([{"name": "a"}, {"name": "b"}])
        self.env.flush_all()
        self.env.cr.execute("UPDATE maintenance_request SET reference = 'OLD/' || id")
        self.env.cr.execute("UPDATE maintenance_request SET reference = NULL WHERE id IN %s", (requests._ids,))
        self.env.invalidate_all()
        _number_existing_requests(self.env)
        self.assertEqual(requests.sorted("id").mapped("reference"), ["WO/00001", "WO/00002"])
        new = self.env["maintenance.request"].create({"name": "c"})
        self.assertNotIn(new.reference, requests.mapped("reference"))

    def test_new_companies_get_tiers_and_warehouses_an_operation_type(self):
        company = self.env["res.company"].create({"name": "Sister plant"})
        tiers = self.env["maintenance.approval.tier"].search([("company_id", "=", company.id)])
        self.assertEqual([(tier.name, tier.min_amount) for tier in tiers], [("Procurement", 500), ("Finance", 5000)])
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        operation = warehouse.maintenance_type_id
        self.assertEqual(operation.default_location_src_id, warehouse.lot_stock_id)
        location = operation.default_location_dest_id
        self.assertEqual((location.usage, location.company_id), ("production", company))
        first_production = self.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", company.id)], limit=1
        )
        self.assertNotEqual(first_production, location, "native code takes the first production location")

    def test_leaving(self):
        product = self.env["product.product"].create({"name": "Belt", "is_storable": True})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 5)
        technician = new_test_user(self.env, "leaver", groups="keepwisely_maintenance.group_maintenance_technician")
        request = self.env["maintenance.request"].create(
            {"name": "a", "user_id": technician.id, "part_ids": [
                Command.create({"product_id": product.id, "product_uom_qty": 1}),
            ]}
        )  # fmt: skip
        request.action_approve()
        other = request.copy({"part_ids": [Command.create({"product_id": product.id, "product_uom_qty": 2})]})
        other.action_approve()
        request.action_complete()
        stage, messages, todos = other.stage_id, other.message_ids, other.activity_ids
        uninstall_hook(self.env)
        self.assertEqual(other.part_ids.state, "cancel")
        self.assertEqual((other.stage_id, other.message_ids, other.activity_ids), (stage, messages, todos))
        self.assertEqual(request.part_ids.state, "done")
        self.assertFalse(request.part_ids.picking_type_id.active)
        self.assertEqual(request.part_ids.picking_type_id.code, "internal")
        self.assertFalse(
            self.env["ir.model.data"].search(
                [("module", "=", "keepwisely_maintenance"), ("model", "=", "maintenance.stage"), ("res_id", "=", stage.id)]
            ),
            "a stage in use stays",
        )

    def test_leaving_tells_nobody_that_parts_are_here(self):
        product = self.env["product.product"].create({"name": "Belt", "is_storable": True})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 2)
        technician = new_test_user(self.env, "leaver", groups="keepwisely_maintenance.group_maintenance_technician")
        part = Command.create({"product_id": product.id, "product_uom_qty": 2})
        values = {"user_id": technician.id, "part_ids": [part]}
        has, waits = self.env["maintenance.request"].create([{**values, "name": "Has them"}, {**values, "name": "Waits"}])
        has.action_approve()
        waits.action_approve()
        waits.action_request_parts()
        self.assertEqual((has.parts_state, waits.state), ("ready", "waiting_parts"))
        requests = has | waits
        before = [(request.state, request.message_ids, request.activity_ids) for request in requests]
        uninstall_hook(self.env)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(requests.part_ids.mapped("state"), ["cancel", "cancel"])
        self.assertEqual([(request.state, request.message_ids, request.activity_ids) for request in requests], before)

    def test_leaving_keeps_to_dos(self):
        """Of types that go: those on work orders are ordinary ones from then on, open or done."""
        request = self.env["maintenance.request"].create({"name": "a"})
        requisition = self.env["maintenance.requisition"].create({"reason": "b"})
        kind = self.env.ref("keepwisely_maintenance.mail_activity_approve")
        todos = self.env["mail.activity"]
        for record in (request, request, requisition):
            todos |= record.activity_schedule(activity_type_id=kind.id, user_id=self.env.uid)
        todos[1].action_done()
        uninstall_hook(self.env)
        self.assertEqual(todos.exists(), todos[:2])
        self.assertEqual(todos[:2].activity_type_id, self.env.ref("mail.mail_activity_data_todo"))
        self.assertEqual(todos[:2].mapped("active"), [True, False])

    def test_leaving_dates_what_nobody_dated(self):
        asset = self.env["maintenance.equipment"].create({"name": "Old press"})
        self.assertFalse(asset.effective_date)
        uninstall_hook(self.env)
        asset.invalidate_recordset()
        self.assertEqual(asset.effective_date, asset.create_date.date())

    def test_leaving_gives_native_screens_their_groups_back(self):
        uninstall_hook(self.env)
        for menu, group in (
            ("menu_maintenance_config", "base.group_system"),
            ("maintenance_menu_config_activity_type", "base.group_no_one"),
            ("menu_maintenance_configuration", "maintenance.group_equipment_manager"),
        ):
            with self.subTest(menu=menu):
                self.assertEqual(self.env.ref(f"maintenance.{menu}").group_ids, self.env.ref(group))

    def test_leaving_locks_nobody_out(self):
        technician = new_test_user(self.env, "only_technician", groups="keepwisely_maintenance.group_maintenance_technician")
        self.assertNotIn(self.env.ref("base.group_user"), technician.group_ids, "by the technicians' group alone")
        uninstall_hook(self.env)
        self.assertIn(self.env.ref("base.group_user"), technician.group_ids)

    def test_leaving_puts_native_menus_back_in_their_order(self):
        moved = self.env.ref("maintenance.maintenance_request_reporting")
        self.assertNotEqual(moved.sequence, 10)
        uninstall_hook(self.env)
        self.assertEqual(moved.sequence, 10, "what a menu has whose file names no number")
        self.assertEqual(self.env.ref("maintenance.menu_m_request").sequence, 1)

    def test_leaving_a_board_of_the_company_brings_no_native_stage_back(self):
        board = replace_board(self.env, ("Neu", False), ("Chef schaut drüber", False), ("Erledigt", True))
        self.env["maintenance.stage"]._maintenance_understand_all()
        _create_missing_stages(self.env)
        uninstall_hook(self.env)
        self.assertEqual(self.env["maintenance.stage"].search([]), board)

    def test_leaving_leaves_no_sequence_of_what_went(self):
        types = self.env["stock.picking.type"].search([("code", "=", "maintenance_operation")])
        used = self.env["stock.move"]._read_group([("picking_type_id", "in", types.ids)], ["picking_type_id"])
        unused = types.browse(set(types.ids) - {picking_type.id for (picking_type,) in used})
        company = self.env["res.company"].create({"name": "Sister plant"})
        new = self.env["stock.warehouse"].search([("company_id", "=", company.id)]).maintenance_type_id
        sequences = (unused | new).sequence_id
        self.assertTrue(new.sequence_id)
        uninstall_hook(self.env)
        self.assertFalse(sequences.exists())

    def test_leaving_leaves_no_note_of_foreign_keys(self):
        noted = [("module.name", "=", "keepwisely_maintenance"), ("type", "=", "f")]
        self.assertTrue(self.env["ir.model.constraint"].search_count(noted))
        uninstall_hook(self.env)
        self.assertFalse(self.env["ir.model.constraint"].search_count(noted))

    def test_leaving_leaves_no_index_on_native_columns(self):
        indexes = {f"maintenance_request__{name}_index" for name in ("archive", "name", "priority", "user_id")}
        found = SQL("SELECT indexname FROM pg_indexes WHERE indexname IN %s", tuple(indexes))
        self.assertEqual({name for (name,) in self.env.execute_query(found)}, indexes)
        uninstall_hook(self.env)
        self.assertFalse(self.env.execute_query(found))

    def test_leaving_gives_native_screens_their_translations_back(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["maintenance"], ["de_DE"])
        action = self.env.ref("maintenance.hr_equipment_stage_action").with_context(lang="de_DE")
        self.assertNotIn("Wartungsanfrage", action.help)
        uninstall_hook(self.env)
        self.assertIn("Eine neue Phase in der Wartungsanfrage", action.help)
