from importlib.util import module_from_spec, spec_from_file_location

from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.sql import column_exists


@tagged("post_install", "-at_install")
class TestMigration(TransactionCase):
    """A database of an earlier version keeps what its people built on fields that were renamed."""

    def _run(self, version, name="pre-migrate"):
        path = file_path(f"keepwisely_maintenance/migrations/{version}/{name}.py")
        spec = spec_from_file_location("keepwisely_migration", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, version)
        self.env.invalidate_all()

    def _set_name(self, model, new, old):
        """Give a field the name that it had before."""
        field = self.env["ir.model.fields"]._get(model, new)
        data = self.env["ir.model.data"].search([("model", "=", "ir.model.fields"), ("res_id", "=", field.id)])
        prefix = f"field_{model.replace('.', '_')}__"
        self.env.cr.execute("UPDATE ir_model_fields SET name = %s WHERE id = %s", [old, field.id])
        self.env.cr.execute("UPDATE ir_model_data SET name = %s WHERE id = %s", [prefix + old, data.id])
        return field, data

    def test_renamed_fields(self):
        field, data = self._set_name("purchase.order", "maintenance_work_order_ids", "maintenance_request_ids")
        filters = self.env["ir.filters"].create(
            [{"name": name, "model_id": model, "user_ids": []}
             for name, model in (("Ours", "purchase.order"), ("Other", "maintenance.requisition"))]
        )
        self.env.flush_all()
        domain = "[('maintenance_request_ids.name', 'ilike', 'pump'), ('x_maintenance_request_ids', '=', 1)]"
        self.env.cr.execute("UPDATE ir_filters SET domain = %s WHERE id = ANY(%s)", [domain, filters.ids])
        export = self.env["ir.exports"].create(
            {"name": "Orders", "resource": "purchase.order", "export_fields": [
                (0, 0, {"name": "maintenance_request_ids/name"}), (0, 0, {"name": "partner_id/maintenance_request_ids"}),
            ]}
        )
        view = self.env["ir.ui.view"].create(
            {"name": "changed", "model": "purchase.order", "inherit_id": self.env.ref("purchase.purchase_order_form").id,
             "arch": "<field name='partner_ref' position='after'><field name='maintenance_work_order_ids'/></field>"}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_ui_view SET arch_db = replace(arch_db::text, 'maintenance_work_order_ids', "
            "'maintenance_request_ids')::jsonb WHERE id = %s", [view.id]
        )
        self.env.invalidate_all()
        self._run("19.0.1.1.0")
        self.assertEqual(field.name, "maintenance_work_order_ids")
        self.assertEqual(data.name, "field_purchase_order__maintenance_work_order_ids")
        self.assertEqual(filters[0].domain, domain.replace("('maintenance_request_ids", "('maintenance_work_order_ids"))
        self.assertEqual(filters[1].domain, domain, "another model's field has its name still")
        self.assertEqual(
            export.export_fields.mapped("name"),
            ["maintenance_work_order_ids/name", "partner_id/maintenance_request_ids"],
        )
        self.assertIn('name="maintenance_work_order_ids"', view.arch)

    def test_only_the_model_s_own_field_is_renamed(self):
        """Work orders, parts and assets each have a location_id; only that of work orders has another name now."""
        self._set_name("maintenance.request", "maintenance_location_id", "location_id")
        view = self.env["ir.ui.view"].create(
            {"name": "changed", "model": "maintenance.request", "inherit_id": self.env.ref(
                "maintenance.hr_equipment_request_view_form").id, "priority": 99,
             "arch": """<data>
                <notebook position="before"><field name="maintenance_location_id"
                    invisible="not maintenance_location_id"/></notebook>
                <xpath expr="//field[@name='part_ids']/list" position="inside"><field name="location_id"/></xpath>
                <notebook position="after"><field name="part_ids"><list><field name="location_id"
                    column_invisible="not parent.maintenance_location_id"/></list></field></notebook></data>"""}
        )
        expected = view.arch_db
        screens = self.env["ir.filters"].create({"name": "Ours", "model_id": "maintenance.request", "user_ids": []})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_ui_view SET arch_db = replace(arch_db::text, 'maintenance_location_id', 'location_id')::jsonb "
            "WHERE id = %s", [view.id]
        )
        domain = "[('location_id', '=', 1), ('equipment_id.location_id', '=', 1)]"
        self.env.cr.execute("UPDATE ir_filters SET domain = %s WHERE id = %s", [domain, screens.id])
        self.env.invalidate_all()
        self.assertNotIn("maintenance_location_id", view.arch_db)
        self._run("19.0.1.1.0")
        canonical = [etree.tostring(etree.fromstring(arch), method="c14n") for arch in (view.arch_db, expected)]
        self.assertEqual(*canonical)
        self.assertEqual(screens.domain, domain.replace("('location_id", "('maintenance_location_id"))

    def test_field_shared_with_another_module_stays_its(self):
        """Purchase Agreements and an earlier version of this module gave stock moves a field of the same name."""
        field, _data = self._set_name("stock.move", "maintenance_requisition_line_ids", "requisition_line_ids")
        theirs = self.env["ir.model.data"].create(
            {"module": "purchase_requisition_stock", "name": "field_stock_move__requisition_line_ids",
             "model": "ir.model.fields", "res_id": field.id}
        )
        self._run("19.0.1.1.0")
        self.assertEqual(field.name, "requisition_line_ids")
        self.assertEqual(theirs.res_id, field.id)
        self.assertFalse(
            self.env["ir.model.data"].search([("module", "=", "keepwisely_maintenance"),
                                              ("model", "=", "ir.model.fields"), ("res_id", "=", field.id)])
        )

    def test_assets_of_departments_are_for_everybody(self):
        rule = self.env.ref("keepwisely_maintenance.rule_equipment_reader")
        shipped, before = rule.domain_force, "[('owner_user_id', '=', False)]"
        rule.domain_force = before
        self._run("19.0.1.1.0", "post-employees")
        self.assertEqual(rule.domain_force, shipped)
        rule.domain_force = changed = "[('owner_user_id', '=', False), ('category_id', '!=', False)]"
        self._run("19.0.1.1.0", "post-employees")
        self.assertEqual(rule.domain_force, changed, "what a company has changed stays")

    def test_parts_are_counted_as_their_product(self):
        product = self.env["product.product"].create({"name": "Seal", "is_storable": True})
        place = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product, place, 10)
        request = self.env["maintenance.request"].create({"name": "Leak"})
        request.action_approve()
        part = self.env["stock.move"].create(
            {"maintenance_request_id": request.id, "product_id": product.id, "product_uom_qty": 24}
        )
        self.env.flush_all()
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env.cr.execute(
            "UPDATE stock_move SET product_uom = %s, product_uom_qty = 2, quantity = 0.83 WHERE id = %s", [dozen.id, part.id]
        )
        self.env.invalidate_all()
        self._run("19.0.1.1.0", "post-part-units")
        self.assertEqual((part.product_uom, part.product_uom_qty, part.quantity), (product.uom_id, 24, 10))

    def test_expected_hours_are_work(self):
        """Hours that were the span of a plan are worked out anew; those that somebody entered stay."""
        self.env.company.resource_calendar_id = self.env["resource.calendar"].create({"name": "40 hours", "tz": "UTC"})
        friday, sunday = "2035-03-02 06:00:00", "2035-03-04 18:00:00"
        plan = {"name": "Overhaul", "schedule_date": friday, "schedule_end": sunday}
        requests = self.env["maintenance.request"]
        span, entered = requests.create([{**plan, "expected_hours": 60.0}, {**plan, "expected_hours": 3.0}])
        self._run("19.0.1.1.0", "post-expected-hours")
        self.assertEqual((span | entered).mapped("expected_hours"), [8.0, 3.0])
        self.assertEqual((span | entered).mapped(lambda request: str(request.schedule_end)), [sunday] * 2)

    def test_maintenance_locations_are_archived(self):
        location = self.env.company._get_maintenance_location()
        self.env.cr.execute("UPDATE stock_location SET active = true WHERE id = %s", [location.id])
        self._run("19.0.1.1.0")
        self.assertFalse(location.active)
        self.assertTrue(location.location_id.active)

    def test_people(self):
        """Crews see their work orders by the rules of before, and rates of technicians stand on their contacts."""
        rule = self.env.ref("keepwisely_maintenance.rule_task_technician")
        shipped = "[('maintenance_request_id.maintenance_is_for_my_teams', '=', True)]"
        rule.domain_force = (
            "['|', ('maintenance_request_id.user_id', '=', user.id), '|', "
            "('maintenance_request_id.maintenance_team_id.member_ids', '=', False), "
            "('maintenance_request_id.maintenance_team_id.member_ids', 'in', user.ids)]"
        )
        user = self.env["res.users"].create({"name": "Rated", "login": "kw_rated"})
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE res_users ADD COLUMN IF NOT EXISTS maintenance_hourly_cost jsonb")
        self.env.cr.execute(
            "UPDATE res_users SET maintenance_hourly_cost = jsonb_build_object(%s, 42.0) WHERE id = %s",
            [str(self.env.company.id), user.id],
        )
        planned = self.env["maintenance.request"].create({"name": "Planned"}).activity_schedule(
            "maintenance.mail_act_maintenance_request", user_id=self.env.ref("base.user_admin").id
        )
        for _again in range(2):
            self._run("19.0.1.1.0", "post-people")
            self.assertEqual(rule.domain_force, shipped)
            self.assertEqual(user.maintenance_hourly_cost, 42.0)
            self.assertEqual(user.partner_id.maintenance_hourly_cost, 42.0)
            self.assertFalse(planned.exists())
            self.assertFalse(column_exists(self.env.cr, "res_users", "maintenance_hourly_cost"), "leaving would not find it")
        user.partner_id.maintenance_hourly_cost = 50.0
        self._run("19.0.1.1.0", "post-people")
        self.assertEqual(user.maintenance_hourly_cost, 50.0, "what was entered since stays")

    def test_amounts_in_another_currency_are_looked_at(self):
        yen = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        companies = self.env["res.company"].create([{"name": name, "currency_id": yen.id} for name in ("Nara", "Sakai")])
        tiers = self.env["maintenance.approval.tier"].search([("company_id", "in", companies.ids)])
        tiers.min_amount = 90_000
        tiers.filtered(lambda tier: tier.company_id == companies[0])[0].min_amount = 500
        todos = self.env["mail.activity"].search([])
        self._run("19.0.1.1.0", "post-tier-amounts")
        asked = "".join((self.env["mail.activity"].search([]) - todos).mapped("summary"))
        self.assertIn("Nara", asked)
        self.assertNotIn("Sakai", asked)
        self.assertEqual(sorted(set(tiers.mapped("min_amount"))), [500, 90_000])
