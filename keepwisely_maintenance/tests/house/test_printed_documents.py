from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPrintedDocuments(MaintenanceCase):
    """What is printed, for whom, and that a batch takes no more queries for each."""

    def _print(self, report, records, user):
        content = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html(f"keepwisely_maintenance.{report}", records.ids)[0]
        )
        return html.fromstring(content)

    def _text(self, node):
        return " ".join(node.text_content().split())

    def _rows(self, document, name):
        return [self._text(row) for row in document.xpath(f"//table[@name='{name}']//tr[td]")]

    def _job(self, **values):
        request = self._assigned(**values)
        self.env["maintenance.task"].create(
            [
                {"maintenance_request_id": request.id, "name": "Lock out", "is_mandatory": True, "sequence": 1},
                {
                    "maintenance_request_id": request.id, "name": "Measure tension", "kind": "number", "unit": "bar",
                    "limits": "range", "limit_min": 2, "limit_max": 4, "sequence": 2,
                },
            ]
        )  # fmt: skip
        return request

    # -- Work order -----------------------------------------------------------------------------------------

    def test_work_order(self):
        line = self.env["maintenance.equipment"].create({"name": "Packing line"})
        self.conveyor.write({"parent_id": line.id, "serial_no": "CV-77", "location_id": self.stock.id})
        request = self._job(description="<p>It squeals since Monday.</p>")
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id} for name in ("Shelf B", "Shelf A")]
        )
        for shelf in shelves:
            part = self._create_part(f"Belt of {shelf.name}", 30.0)
            self.env["stock.quant"]._update_available_quantity(part, shelf, 5)
            self._add_part(request, part, 2)
        # one is on the shelf, three are needed
        self._add_part(request, self.bearing, 3)
        document = self._print("report_maintenance_request", request, self.technician)
        text = self._text(document)
        for expected in (request.sudo().reference, "Packing line › Conveyor 3", "CV-77", "It squeals since Monday.", "Mechanics"):
            self.assertIn(expected, text)
        self.assertEqual(len(document.xpath("//img[@alt='QR code']")), 1)
        self.assertTrue(request._get_document_url().endswith(f"/odoo/maintenance.request/{request.id}"))
        self.assertEqual(self._rows(document, "tasks"), ["Lock out *", "Measure tension 2 to 4 bar __________ bar"])
        parts = self._rows(document, "parts")
        self.assertEqual([row.split()[0] for row in parts], ["Bearing", "Belt", "Belt", "Bearing"])
        self.assertIn("Shelf A", parts[1])
        self.assertIn("Shelf B", parts[2])
        self.assertIn("2.00", parts[3])
        self.assertIn("Missing", parts[3])
        self.assertNotIn("$", text)

    def test_what_was_found_is_printed(self):
        request = self._job()
        request.action_start()
        request.task_ids.filtered(lambda task: task.kind == "number").value = 3
        document = self._print("report_maintenance_request", request, self.technician)
        self.assertIn("3 bar", self._rows(document, "tasks")[1])

    def test_without_tasks_and_parts(self):
        document = self._print("report_maintenance_request", self._report(equipment_id=False), self.planner)
        self.assertIn("Without an asset", self._text(document))
        self.assertFalse(document.xpath("//table[@name='tasks' or @name='parts']"))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_prints_work_orders(self):
        request = self._job()
        for user in (self.technician, self.planner):
            self.assertIn("Lock out", self._text(self._print("report_maintenance_request", request, user)))
        other = self._job(maintenance_team_id=self.team.id)
        with self.assertRaises(AccessError):
            self._print("report_maintenance_request", other, self.outsider)

    def test_a_batch(self):
        """Twenty work orders take as many queries as two."""
        requests = self.env["maintenance.request"]
        for _number in range(20):
            request = self._job()
            self._add_part(request, self.seal, 0.1)
            requests |= request
        self._print("report_maintenance_request", requests[:2], self.technician)
        counts = []
        for records in (requests[:2], requests):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._print("report_maintenance_request", records, self.technician)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5, counts)

    # -- Requisition --------------------------------------------------------------------------------------------

    def _requisition(self):
        pump = self._create_part("Pump", 900.0)
        self.env["maintenance.budget"].create({"category_id": self.category.id, "amount": 1000})
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {
                "reason": "The old one leaks",
                "line_ids": [
                    Command.create({"product_id": pump.id, "product_qty": 2, "equipment_id": self.conveyor.id})
                ],
            }
        )  # fmt: skip
        requisition.action_submit()
        return requisition

    def test_requisition(self):
        requisition = self._requisition()
        document = self._print("report_maintenance_requisition", requisition, self.procurement)
        text = self._text(document)
        for expected in (requisition.name, "Technician", "The old one leaks", "1,800.00", "Nobody has decided yet", "Waits for"):
            self.assertIn(expected, text)
        self.assertIn("Conveyor 3", self._rows(document, "lines")[0])
        requisition.with_user(self.procurement).action_approve()
        order = self._order(requisition)
        document = self._print("report_maintenance_requisition", requisition, self.procurement)
        decision = self._rows(document, "decisions")[0]
        for expected in ("Procurement", "Approved", "1,800.00", "takes it $ 800.00 over"):
            self.assertIn(expected, decision)
        self.assertIn(order.name, self._rows(document, "orders")[0])

    def test_technicians_print_it_without_prices(self):
        requisition = self._requisition()
        requisition.with_user(self.procurement).action_approve()
        self._order(requisition)
        text = self._text(self._print("report_maintenance_requisition", requisition, self.technician))
        self.assertIn("Pump", text)
        self.assertIn("Procurement", text)
        self.assertNotRegex(text, r"\$|\b(900|1,?800)[.,]\d")
