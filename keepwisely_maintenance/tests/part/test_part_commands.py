from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPartCommands(MaintenanceCase):
    """What hides inside the values of a part reaches nothing but that part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("stock.group_production_lot")
        cls.tracked = cls._create_part("Gauge", 80.0, tracking="lot")
        cls.lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.tracked.id, "company_id": cls.company.id} for name in ("L1", "L2")]
        )
        for lot in cls.lots:
            cls.env["stock.quant"]._update_available_quantity(cls.tracked, cls.stock, 5, lot_id=lot)
        cls.shelf, cls.other_shelf = cls.env["stock.location"].create(
            [{"name": name, "location_id": cls.stock.id} for name in ("Shelf 1", "Shelf 2")]
        )

    def setUp(self):
        super().setUp()
        self.part = self._add_part(self._assigned(), self.seal, 2)
        self.env.invalidate_all()

    def _refused(self, record, vals):
        """The values are refused with a cold cache; nothing that they name changes."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(UserError), self.cr.savepoint():
            record.write(vals)
        self.env.invalidate_all()

    def _get_receipt_line(self):
        """A done line of a receipt, which the technician cannot change."""
        picking = self.env["stock.picking"].create(
            {"picking_type_id": self.warehouse.in_type_id.id, "location_dest_id": self.stock.id,
             "location_id": self.env.ref("stock.stock_location_suppliers").id,
             "move_ids": [Command.create({
                 "product_id": self.bearing.id, "product_uom_qty": 1,
                 "location_id": self.env.ref("stock.stock_location_suppliers").id, "location_dest_id": self.stock.id})]}
        )
        picking.action_confirm()
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.button_validate()
        return picking.move_line_ids

    def _on_hand(self, product):
        return sum(self.env["stock.quant"].search([("product_id", "=", product.id), ("location_id", "child_of", self.stock.id)])
                   .mapped("quantity"))

    def test_lines_of_other_moves(self):
        line = self._get_receipt_line()
        before = self._on_hand(self.bearing)
        customers = self.env.ref("stock.stock_location_customers")
        for command in (
            [1, line.id, {"quantity": 1001}],
            [True, line.id, {"quantity": 1001}],
            [1.0, str(line.id), {"quantity": 1001}],
            [1, line.id, {"location_dest_id": customers.id}],
            [2, line.id, 0],
            [3, line.id],
            [4, line.id],
            [6, 0, [line.id]],
            [9, line.id],
            [],
            {"id": line.id, "quantity": 1001},
            "x",
        ):
            with self.subTest(command=command):
                self._refused(self.part, {"move_line_ids": [command]})
        self._refused(self.part, {"move_line_ids": [line.id]})
        self._refused(self.part, {"move_line_ids": (line.id,)})
        self.assertEqual((line.quantity, line.location_dest_id, line.move_id.picking_id.state), (1, self.stock, "done"))
        self.assertEqual(self._on_hand(self.bearing), before)

    def test_lines_of_other_work(self):
        """Neither another job's part of the own team nor one of another team."""
        other = self._add_part(self._assigned(), self.seal, 3)
        theirs = self._report(maintenance_team_id=self.other_team.id).with_user(self.planner)
        theirs.action_approve()
        far = self._add_part(theirs, self.seal, 1)
        for line in (other.sudo() | far.sudo()).move_line_ids:
            self._refused(self.part, {"move_line_ids": [[1, line.id, {"quantity": 0}]]})
            self._refused(self.part, {"move_line_ids": [[4, line.id, 0]]})
        self._refused(self.part | other, {"move_line_ids": [[1, other.sudo().move_line_ids.id, {"quantity": 0}]]})
        self._refused(self.part | other, {"move_line_ids": [[0, 0, {"quantity": 1}]]})
        self.assertEqual((other | far).sudo().mapped("quantity"), [3, 1])

    def test_fields_of_lines(self):
        line = self.part.sudo().move_line_ids
        for values in (
            {"location_dest_id": self.stock.id}, {"product_id": self.bearing.id}, {"move_id": self.part.id},
            {"lot_name": "NEW"}, {"owner_id": self.vendor.id}, {"company_id": 1}, {"result_package_id": 1}, {"state": "done"},
            {"picking_id": 1}, {"lot_id": self.lots[0].id}, {"location_id": self.env.ref("stock.stock_location_customers").id},
            {"location_id": 0x7FFFFFFF}, {"lot_id": 0x7FFFFFFF}, {"no_such_field": 1},
        ):
            with self.subTest(values=values):
                self._refused(self.part, {"move_line_ids": [[1, line.id, values]]})
                self._refused(self.part, {"move_line_ids": [[0, 0, {"quantity": 1, **values}]]})

    def test_own_line_may_change(self):
        """Quantity and shelf of the own part are the technician's to say."""
        self.env["stock.quant"]._update_available_quantity(self.seal, self.shelf, 4)
        line = self.part.sudo().move_line_ids
        self.part.write({"move_line_ids": [[1, line.id, {"quantity": 1, "location_id": self.shelf.id}]]})
        self.assertEqual((line.quantity, line.location_id), (1, self.shelf))
        self.part.write({"move_line_ids": [[2, line.id, 0], [0, 0, {"quantity": 2, "location_id": self.shelf.id}]]})
        self.assertEqual((self.part.quantity, self.part.sudo().move_line_ids.location_id), (2, self.shelf))

    def test_lines_taken_off_keep_nothing_reserved(self):
        """However a line leaves its part: it is deleted, and what it had reserved is free again."""
        quant = self.env["stock.quant"].search([("product_id", "=", self.seal.id), ("location_id", "=", self.stock.id)])
        for value in ([[3, 0]], [[5]], [[6, 0, []]], False, ()):
            part = self._add_part(self._assigned(), self.seal, 3)
            line = part.sudo().move_line_ids
            before = quant.reserved_quantity
            self.env.invalidate_all()
            part.write({"move_line_ids": [[3, line.id]] if value == [[3, 0]] else value})
            self.env.invalidate_all()
            self.assertFalse(line.exists())
            self.assertEqual((quant.reserved_quantity, part.quantity), (before - 3, 0))

    def test_nobody_chains_parts(self):
        """A part tied to one receipt would be reserved from nothing else; neither orders nor transfers say so."""
        receipt = self._create_transfer(self.warehouse.in_type_id, self.seal, 1).move_ids
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {"partner_id": self.vendor.id, "order_line": [Command.create({"product_id": self.seal.id, "product_qty": 1})]}
        )
        for user in (self.buyer, self.storekeeper):
            for commands in ([[4, self.part.id]], [[6, 0, self.part.ids]], self.part.ids):
                self._refused(receipt.with_user(user), {"move_dest_ids": commands})
                self._refused(receipt.with_user(user), {"move_orig_ids": commands})
        self._refused(order.order_line, {"move_dest_ids": [[4, self.part.id]]})
        self._refused(order, {"order_line": [[1, order.order_line.id, {"move_dest_ids": [[4, self.part.id]]}]]})
        # positive control: moves that are no parts are chained as ever
        delivery = self._create_transfer(self.warehouse.out_type_id, self.seal, 1).move_ids
        receipt.with_user(self.storekeeper).write({"move_dest_ids": [[4, delivery.id]]})
        self.assertEqual(receipt.move_dest_ids, delivery)

    def test_lots_are_chosen_never_written(self):
        part = self._add_part(self._assigned(), self.tracked, 1)
        foreign = self.env["stock.lot"].create({"name": "F", "product_id": self.seal.id, "company_id": self.company.id})
        for commands in (
            [[1, self.lots[0].id, {"name": "renamed"}]],
            [[0, 0, {"name": "made", "product_id": self.tracked.id}]],
            [[2, self.lots[0].id]],
            [[4, foreign.id]],
            [[6, 0, [foreign.id]]],
            [foreign.id],
        ):
            with self.subTest(commands=commands):
                self._refused(part, {"lot_ids": commands})
                with self.assertRaises(UserError), self.cr.savepoint():
                    self._add_part(part.maintenance_request_id, self.tracked, 1, lot_ids=commands)
        self.assertEqual(self.lots[0].name, "L1")
        part.write({"lot_ids": [[6, 0, self.lots[1].ids]]})
        self.assertEqual(part.sudo().move_line_ids.lot_id, self.lots[1])

    def test_new_part_takes_no_lines_of_others(self):
        other = self._add_part(self._assigned(), self.seal, 3).sudo()
        request = self.part.maintenance_request_id
        for commands in ([[4, other.move_line_ids.id]], [[6, 0, other.move_line_ids.ids]], other.move_line_ids.ids,
                         [[1, other.move_line_ids.id, {"quantity": 0}]]):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._add_part(request, self.seal, 1, move_line_ids=commands)
            with self.assertRaises(UserError), self.cr.savepoint():
                self._add_part(request.with_context(default_move_line_ids=commands), self.seal, 1, move_line_ids=commands)
        self.assertEqual(other.move_line_ids.move_id, other)

    def test_employees_do_not_touch_lines_of_parts(self):
        """Odoo lets every employee write on move lines; 1 of 4 marked as picked would count as all there."""
        part = self._add_part(self._assigned(), self.bearing, 4)
        line = part.sudo().move_line_ids
        self.assertEqual(part.qty_missing, 3)
        for user in (self.operator, self.outsider, self.buyer, self.technician):
            with self.subTest(user=user.name):
                self._refused(line.with_user(user), {"picked": True})
                self.env.invalidate_all()
                with self.assertRaises(UserError), self.cr.savepoint():
                    line.with_user(user).unlink()
                with self.assertRaises(UserError), self.cr.savepoint():
                    self.env["stock.move.line"].with_user(user).create({"move_id": part.id, "quantity": 3, "picked": True})
                with self.assertRaises(UserError), self.cr.savepoint():
                    self.env["stock.move.line"].with_user(user).with_context(default_move_id=part.id).create({"quantity": 3})
        self.assertEqual((part.qty_missing, part.maintenance_request_id.parts_state), (3, "to_request"))
        # positive control: whoever works in the stock may
        line.with_user(self.storekeeper).write({"quantity": 1})
        self.assertEqual(part.quantity, 1)

    def test_links_are_the_systems(self):
        """Neither technicians nor storekeepers nor buyers tie a move to a requisition or a part."""
        asked = self._add_part(self._assigned(), self.bearing, 4)
        asked.maintenance_request_id.action_request_parts()
        line = asked.maintenance_request_id.sudo().requisition_line_ids
        for user in (self.technician, self.storekeeper, self.buyer, self.planner):
            for values in (
                {"maintenance_requisition_line_ids": [[4, line.id]]},
                {"supplied_part_id": asked.id},
                {"supply_move_ids": [[4, asked.id]]},
                {"join_ids": [[0, 0, {"requisition_line_id": line.id, "quantity": 1}]]},
            ):
                with self.subTest(user=user.name, values=values):
                    self._refused(self.part.with_user(user), values)
        # nor does a new move take them from the context
        customers = self.env.ref("stock.stock_location_customers")
        move = self.env["stock.move"].with_user(self.storekeeper).with_context(
            default_supplied_part_id=asked.id, default_maintenance_requisition_line_ids=line.ids
        ).create({"product_id": self.seal.id, "location_id": self.stock.id, "location_dest_id": customers.id})
        self.assertFalse(move.sudo().supplied_part_id or move.sudo().maintenance_requisition_line_ids)

    def test_parts_and_other_moves_together(self):
        """What holds for parts is not asked of others that are written in the same breath."""
        receipt = self._create_transfer(self.warehouse.in_type_id, self.bearing, 1)
        part = self._add_part(self._assigned(), self.seal, 1).sudo()
        both = (part | receipt.move_ids).with_user(self.storekeeper)
        both.write({"picking_id": False})
        self.assertFalse(receipt.move_ids)

    def test_a_receipt_is_no_part(self):
        """What is received costs no job by saying that it belongs to one."""
        request = self.part.maintenance_request_id
        move = self._get_receipt_line().move_id
        other = self._assigned()
        self._refused(move.with_user(self.storekeeper), {"maintenance_request_id": request.id})
        self._refused(self.part.with_user(self.storekeeper), {"maintenance_request_id": other.id})
        self._refused(self.part.with_user(self.storekeeper), {"location_dest_id": self.stock.id})
        self._refused(move.sudo(), {"maintenance_request_id": request.id})
        self.env["maintenance.cost.report"].flush_model()
        self.assertFalse(self.env["maintenance.cost.report"].search([("maintenance_request_id", "=", request.id)]))
        # and should it ever stand there, the ledger counts what went into the Maintenance location only
        self.env.cr.execute("UPDATE stock_move SET maintenance_request_id = %s, value = 42 WHERE id = %s", [request.id, move.id])
        self.env.invalidate_all()
        self.assertFalse(self.env["maintenance.cost.report"].search([("maintenance_request_id", "=", request.id)]))
        with Form(request.with_user(self.technician)) as form:
            form.description = "control: the form still saves"
