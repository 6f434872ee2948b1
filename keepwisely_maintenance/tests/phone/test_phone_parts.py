from odoo.tests import tagged

from .phone_common import PhoneCase


@tagged("post_install", "-at_install")
class TestPhoneParts(PhoneCase):
    def _job(self, *parts):
        """A work order of the technician with these parts, and the parts."""
        job = self._asked_days_ago(self._assigned())
        moves = [self._add_part(job, product, quantity) for product, quantity in parts]
        return job, *moves

    def _on_hand(self, product):
        return sum(self.env["stock.quant"].search([("product_id", "=", product.id), ("location_id", "child_of", self.stock.id)])
                   .mapped("quantity"))  # fmt: skip

    def test_what_is_used_of_what_is_reserved(self):
        """Less than was asked for: completing uses that much, as on the form."""
        job, seals = self._job((self.seal, 4))
        self._do(self.technician, "part_used", job, move=seals.id, product=self.seal.id, quantity=1)
        self._do(self.technician, "part_used", job, move=seals.id, product=self.seal.id, quantity=2)
        self.assertEqual((seals.quantity, seals.picked), (3.0, True))
        self._do(self.technician, "complete", job)
        self.assertEqual((seals.state, seals.quantity, self._on_hand(self.seal)), ("done", 3.0, 7.0))
        self.assertEqual(len(job.sudo().part_ids.filtered(lambda move: move.state == "done")), 1)

    def test_a_part_that_was_scanned(self):
        job = self._job()[0]
        self._do(self.technician, "part_used", job, move=None, product=self.seal.id, quantity=2)
        part = job.sudo().part_ids
        self.assertEqual((part.product_id, part.quantity, part.picked), (self.seal, 2.0, True))
        self._do(self.technician, "part_used", job, move=None, product=self.seal.id, quantity=1)
        self.assertEqual(job.sudo().part_ids.mapped("quantity"), [3.0], "on the line that is there")

    def test_a_part_used_elsewhere_meanwhile(self):
        """It stays on the work order as missing, with a choice; the planner is told."""
        job, bearing = self._job((self.bearing, 1))
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, -1)
        bearing.sudo()._do_unreserve()
        answer = self._do(self.technician, "part_used", job, move=bearing.id, product=self.bearing.id, quantity=1, state="look")
        self.assertEqual([choice["kind"] for choice in answer["choices"]], ["part_asked", "part_dropped"])
        self.assertIn("stays on", answer["sentence"])
        self.assertEqual((bearing.quantity, bearing.picked), (0.0, False))
        self.assertEqual(len(self._activities(self.planner, job)), 1)
        chosen = answer["choices"][0]
        self._do(self.technician, chosen["kind"], job, **chosen["values"])
        self.assertEqual((job.state, job.sudo().requisition_line_ids.product_id), ("waiting_parts", self.bearing))

    def test_of_a_part_some_are_there(self):
        job, bearing = self._job((self.bearing, 1))
        answer = self._do(self.technician, "part_used", job, move=bearing.id, product=self.bearing.id, quantity=3, state="look")
        choices = {choice["kind"]: choice for choice in answer["choices"]}
        self.assertEqual(choices["part_used"]["values"], {"move": bearing.id, "quantity": 1.0})
        self.assertEqual((bearing.product_uom_qty, bearing.quantity, bearing.picked), (3.0, 1.0, False))
        self._do(self.technician, "part_used", job, **choices["part_used"]["values"])
        self._do(self.technician, "complete", job)
        self.assertEqual((bearing.state, bearing.quantity), ("done", 1.0))

    def test_what_others_have_reserved_may_be_used_as_on_the_form(self):
        job, _none = self._job((self.seal, 1))
        other, reserved = self._job((self.bearing, 1))
        self.assertEqual(reserved.state, "assigned")
        self._do(self.technician, "part_used", job, product=self.bearing.id, quantity=1)
        self._do(self.technician, "complete", job)
        self.assertEqual((self._on_hand(self.bearing), reserved.state, other.state), (0.0, "confirmed", "waiting_parts"))

    def test_a_part_that_was_dropped_or_used_up_meanwhile(self):
        job, seals = self._job((self.seal, 2))
        seals.action_drop_part()
        self._do(self.technician, "part_used", job, move=seals.id, product=self.seal.id, quantity=1)
        self.assertEqual(sorted(job.sudo().part_ids.mapped(lambda move: (move.state, move.quantity))),
                         [("assigned", 1.0), ("cancel", 0.0)])  # fmt: skip

    def test_what_was_handed_out(self):
        job, seals = self._job((self.seal, 3))
        seals.sudo().move_line_ids.with_user(self.storekeeper).action_maintenance_hand_out()
        self.assertEqual(seals.maintenance_handed_out_qty, 3.0)
        self._do(self.technician, "part_used", job, move=seals.id, product=self.seal.id, quantity=1)
        self.assertEqual(seals.quantity, 1.0)
        self._do(self.technician, "part_used", job, move=seals.id, product=self.seal.id, quantity=1)
        self.assertEqual(seals.quantity, 2.0)
        self._do(self.technician, "complete", job)
        self.assertEqual((seals.state, seals.quantity, self._on_hand(self.seal)), ("done", 2.0, 8.0))

    def test_lots(self):
        valve = self._create_part("Valve", 10.0, tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": valve.id} for name in ("V-1", "V-2")])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(valve, self.stock, 2, lot_id=lot)
        job, valves = self._job((valve, 2))
        self._do(self.technician, "part_used", job, move=valves.id, product=valve.id, quantity=1, lot="V-2")
        self._do(self.technician, "part_used", job, move=valves.id, product=valve.id, quantity=1, lot=lots[0].id)
        self.assertEqual(sorted(valves.move_line_ids.mapped(lambda line: (line.lot_id.name, line.quantity))),
                         [("V-1", 1.0), ("V-2", 1.0)])  # fmt: skip
        foreign = self.env["stock.lot"].create({"name": "X", "product_id": self._create_part("Tap", 1, tracking="lot").id})
        self._do(self.technician, "part_used", job, move=valves.id, quantity=1, lot=foreign.id, state="look")
        self._do(self.technician, "part_used", job, move=valves.id, quantity=1, lot="nothing", state="look")
        self._do(self.technician, "complete", job)
        self.assertEqual((valves.state, valves.quantity), ("done", 2.0))

    def test_asking(self):
        job = self._job()[0]
        self._do(self.technician, "part_asked", job, product=self.bearing.id, quantity=5)
        self.assertEqual(job.sudo().requisition_line_ids.mapped("product_qty"), [4.0], "what is there is not bought")
        self._do(self.technician, "part_asked", job, product=None, text="Left-handed guard", quantity=1)
        self.assertIn("Left-handed guard", job.sudo().requisition_line_ids.mapped("name"))
        self.assertEqual(job.state, "waiting_parts")
        for values in ({"quantity": 0}, {"quantity": -1}, {"quantity": 1e12}, {"quantity": "x"}, {}):
            self._do(self.technician, "part_asked", job, product=self.bearing.id, state="look", **values)
        self._do(self.technician, "part_asked", job, text=" ", quantity=1, state="look")
        report = self._report(maintenance_team_id=self.team.id)
        answer = self._do(self.technician, "part_asked", report, product=self.bearing.id, quantity=1, state="look")
        self.assertIn("once it is approved", answer["sentence"])
        self.assertFalse(report.sudo().part_ids, "refused as a whole")

    def test_not_needed(self):
        job, seals = self._job((self.seal, 2))
        self._do(self.technician, "part_dropped", job, move=seals.id)
        self.assertEqual(seals.state, "cancel")
        self._do(self.technician, "part_dropped", job, state="look")
