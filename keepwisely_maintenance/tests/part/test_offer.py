from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


class OfferCase(MaintenanceCase):
    """Belts that nobody has on the shelf, flat belts that may be used instead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)
        cls.flat = cls._create_part("Flat belt", 6.0)
        cls.chain = cls._create_part("Chain", 9.0, on_hand=50)

    def _job(self, quantity, product=None, **values):
        request = self._assigned(**values)
        return request, self._add_part(request, product or self.belt, quantity)

    def _asked(self, quantity, product=None, **values):
        request, part = self._job(quantity, product, **values)
        request.action_request_parts(offer=False)
        return request, part, request.sudo().requisition_line_ids.with_user(self.buyer)

    def _offered(self, request):
        """The technician asks; returns the choice that opens, as they see it."""
        action = request.action_request_parts()
        self.assertIsInstance(action, dict)
        self.assertEqual(action.get("res_model"), "maintenance.part.offer")
        return self.env["maintenance.part.offer"].with_user(request.env.user).browse(action["res_id"])

    def _not_offered(self, request):
        self.assertIs(request.action_request_parts(), True)

    def _shelf(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(product, self.stock, quantity)

    def _approved_alternate(self, product=None, other=None):
        (product or self.belt).product_tmpl_id.alternate_product_ids = [Command.link((other or self.flat).id)]

    def _reorder(self, minimum, maximum, product=None):
        """A reorder point that asks; returns its requisition line."""
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": (product or self.belt).id,
                "location_id": self.stock.id,
                "product_min_qty": minimum,
                "product_max_qty": maximum,
            }
        )
        self.env["stock.rule"].run_scheduler()
        line = self.env["maintenance.requisition.line"].search([("orderpoint_id", "=", orderpoint.id)])
        self.assertEqual(len(line), 1)
        return line.with_user(self.buyer)

    def _bought(self, quantity, product=None, confirm=True, **values):
        """An order that a buyer made by hand for stock."""
        order = (
            self.env["purchase.order"]
            .with_user(self.buyer)
            .create(
                {
                    "partner_id": self.vendor.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": (product or self.belt).id,
                                "product_qty": quantity,
                                "price_unit": 7.0,
                                "date_planned": "2031-05-04 08:00:00",
                                **values,
                            }
                        )
                    ],
                }
            )
        )
        if confirm:
            order.button_confirm()
        return order

    def _coverage(self, part):
        """State of the parts of its job, and how many of the part nobody has on the way."""
        part = part.sudo()
        request = part.maintenance_request_id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(request.parts_state, request._get_parts_state(), "the stored state is not stale")
        return request.parts_state, part._get_uncovered_qty()

    def _told(self, request):
        return self._notifications(self.technician, request)


@tagged("post_install", "-at_install")
class TestAlternate(OfferCase):
    """What is on the shelf is offered before something is bought."""

    def test_free_alternate_instead_of_buying(self):
        self._approved_alternate()
        self._shelf(self.flat, 5)
        request, part = self._job(3)
        self.assertEqual(part.alternate_message, "5 × Flat belt on the shelf")
        offer = self._offered(request)
        self.assertEqual(request.state, "assigned", "nothing is asked yet")
        self.assertFalse(request.sudo().requisition_line_ids)
        choice = offer.line_ids
        self.assertEqual((choice.kind, choice.product_id, choice.quantity_free, choice.quantity), ("alternate", self.flat, 5, 3))
        self.assertTrue(choice.is_used)
        self.assertEqual(choice.name, "5 × Flat belt on the shelf, instead of Belt")
        offer.action_apply()
        self.assertEqual((part.product_id, part.product_uom_qty, part.state), (self.flat, 3, "assigned"))
        self.assertEqual((request.state, request.parts_state), ("assigned", "ready"))
        self.assertFalse(request.sudo().requisition_line_ids)
        self.assertEqual(self.flat.free_qty, 2)
        self.assertTrue(any("Part replaced" in message.body for message in request.message_ids))

    def test_ask_for_everything_new(self):
        self._approved_alternate()
        self._shelf(self.flat, 5)
        request, part = self._job(3)
        self._offered(request).action_ask()
        self.assertEqual((part.product_id, request.state), (self.belt, "waiting_parts"))
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 3)
        self.assertEqual(self.flat.free_qty, 5)

    def test_without_the_offer(self):
        """Programs, and lists of many work orders, ask at once."""
        self._approved_alternate()
        self._shelf(self.flat, 5)
        request, _part = self._job(3)
        self.assertIs(request.action_request_parts(offer=False), True)
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 3)
        self.assertEqual(request.action_request_parts(offer=False)["tag"], "display_notification", "nothing more to ask for")
        two = self._job(1)[0] | self._job(1)[0]
        self.assertIs(two.action_request_parts(), True)
        self.assertEqual(two.mapped("state"), ["waiting_parts"] * 2)

    def test_partly_free_and_partly_reserved(self):
        """10 wanted: 3 reserved, 4 by the alternate, 3 asked for."""
        self._approved_alternate()
        self._shelf(self.belt, 3)
        self._shelf(self.flat, 4)
        request, part = self._job(10)
        offer = self._offered(request)
        self.assertEqual(offer.line_ids.quantity, 4)
        offer.action_apply()
        other = request.part_ids - part
        self.assertEqual((part.product_id, part.product_uom_qty, part.quantity), (self.belt, 6, 3))
        self.assertEqual((other.product_id, other.product_uom_qty, other.state), (self.flat, 4, "assigned"))
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 3)
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))

    def test_reserved_rest_stays(self):
        """2 wanted and 1 reserved: the alternate fills the gap, the job is ready."""
        self._approved_alternate()
        self._shelf(self.belt, 1)
        self._shelf(self.flat, 1)
        request, part = self._job(2)
        self._offered(request).action_apply()
        other = request.part_ids - part
        self.assertEqual((part.product_uom_qty, part.state), (1, "assigned"))
        self.assertEqual((other.product_id, other.product_uom_qty, other.state), (self.flat, 1, "assigned"))
        self.assertEqual(request.parts_state, "ready")
        self.assertFalse(request.sudo().requisition_line_ids)

    def test_what_others_have_reserved_is_not_free(self):
        self._approved_alternate()
        self._shelf(self.flat, 2)
        self._job(2, self.flat)
        request, part = self._job(1)
        self.assertFalse(part.alternate_message)
        self._not_offered(request)

    def test_alternate_that_goes_meanwhile(self):
        """Somebody is quicker: what is not there any more is asked for."""
        self._approved_alternate()
        self._shelf(self.flat, 3)
        request, part = self._job(3)
        offer = self._offered(request)
        self._job(2, self.flat)
        offer.action_apply()
        self.assertEqual((part.product_uom_qty, (request.part_ids - part).product_uom_qty), (2, 1))
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 2)

    def test_more_than_is_missing_or_free(self):
        self._approved_alternate()
        self._approved_alternate(other=self.chain)
        self._shelf(self.flat, 2)
        request, _part = self._job(3)
        offer = self._offered(request)
        flat, chain = offer.line_ids.sorted("quantity_free")
        self.assertEqual((flat.is_used, chain.is_used), (False, True), "one that does for all comes first")
        for values in ({"quantity": 4}, {"quantity": 0}, {"quantity": -1}):
            chain.write(values)
            with self.assertRaises(UserError):
                offer.action_apply()
        chain.quantity = 2
        flat.write({"is_used": True, "quantity": 2})
        with self.assertRaises(UserError) as caught:
            offer.action_apply()
        self.assertIn("more is ticked", str(caught.exception))
        flat.quantity = 1
        offer.action_apply()
        self.assertEqual(sorted(request.part_ids.mapped("product_id.name")), ["Chain", "Flat belt"])
        self.assertEqual(request.parts_state, "ready")

    def test_two_parts_do_not_get_the_same_alternate(self):
        self._approved_alternate()
        self._approved_alternate(self.seal)
        self._shelf(self.flat, 3)
        self._shelf(self.seal, -10)
        request, belts = self._job(2)
        seals = self._add_part(request, self.seal, 2)
        offer = self._offered(request)
        self.assertEqual(offer.line_ids.part_id, belts | seals)
        self.assertEqual(offer.line_ids.mapped("quantity_free"), [3, 1])
        offer.action_apply()
        self.assertEqual(request.sudo().requisition_line_ids.product_id, self.seal)
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 1)

    def test_by_hand_after_asking(self):
        """The button on the row: what was asked for is withdrawn, and the job goes on."""
        self._approved_alternate()
        request, part, line = self._asked(3)
        with self.assertRaises(UserError):
            part.action_offer_alternate()
        self._shelf(self.flat, 5)
        part.invalidate_recordset(["alternate_message"])
        self.assertEqual(part.alternate_message, "5 × Flat belt on the shelf")
        offer = self.env["maintenance.part.offer"].with_user(self.technician).browse(
            part.action_offer_alternate()["res_id"]
        )
        self.assertFalse(offer.asks_rest)
        offer.line_ids.quantity = 2
        offer.action_apply()
        self.assertEqual((line.product_qty, request.state), (1, "waiting_parts"))
        part.action_use_alternate(self.flat.id)
        self.assertEqual((line.state, request.state, request.parts_state), ("cancelled", "assigned", "ready"))
        self.assertFalse(part.alternate_message)

    def test_who_may_use_what(self):
        self._approved_alternate()
        self._shelf(self.flat, 5)
        request, part = self._job(3)
        with self.assertRaises(UserError) as caught:
            part.action_use_alternate(self.chain.id)
        self.assertIn("no approved alternate", str(caught.exception))
        for user in (self.operator, self.outsider, self.buyer):
            with self.assertRaises(UserError):
                part.with_user(user).action_use_alternate(self.flat.id)
        for quantity in (0, -1, 4, 6):
            with self.assertRaises(UserError):
                part.action_use_alternate(self.flat.id, quantity)
        part.with_user(self.colleague).action_use_alternate(self.flat.id, 1)
        self.assertEqual((part.product_uom_qty, request.part_ids.mapped("product_uom_qty")), (2, [2, 1]))
        part.with_user(self.planner).action_use_alternate(self.chain.id)
        self.assertEqual((part.product_id, part.state), (self.chain, "assigned"))
        with self.assertRaises(UserError) as caught:
            part.with_user(self.planner).action_use_alternate(self.flat.id)
        self.assertIn("is missing", str(caught.exception))

    def test_offer_of_another_team(self):
        self._approved_alternate()
        self._shelf(self.flat, 5)
        request, part = self._job(3)
        offer = self.env["maintenance.part.offer"].with_user(self.outsider).create(
            {
                "maintenance_request_id": request.id,
                "asks_rest": True,
                "line_ids": [
                    Command.create(
                        {
                            "part_id": part.id,
                            "kind": "alternate",
                            "product_id": self.flat.id,
                            "quantity": 3,
                            "quantity_free": 5,
                            "is_used": True,
                        }
                    )
                ],
            }
        )
        for action in (offer.action_apply, offer.action_ask):
            with self.assertRaises(UserError):
                action()
        self.assertEqual(part.product_id, self.belt)

    def test_units(self):
        """An alternate counted in dozens is free in whole units; one that is weighed is none."""
        dozens = self._create_part("Boxed belt", 60.0, uom_id=self.env.ref("uom.product_uom_dozen").id)
        weighed = self._create_part("Belt by weight", 60.0, uom_id=self.env.ref("uom.product_uom_kgm").id)
        for product in (dozens, weighed):
            self._approved_alternate(other=product)
            self._shelf(product, 2)
        request, part = self._job(20)
        offer = self._offered(request)
        self.assertEqual(offer.line_ids.product_id, dozens)
        self.assertEqual((offer.line_ids.quantity_free, offer.line_ids.quantity), (24, 20))
        with self.assertRaises(UserError) as caught:
            part.with_user(self.planner).action_use_alternate(weighed.id)
        self.assertIn("counted in kg", str(caught.exception))
        offer.action_apply()
        self.assertEqual((part.product_id, part.product_uom, part.product_uom_qty), (dozens, dozens.uom_id, 1.67))
        self.assertEqual((part.state, dozens.free_qty), ("assigned", 0.33))

    def test_elsewhere_and_other_companies(self):
        self._approved_alternate()
        other = self.env["stock.warehouse"].create({"name": "North", "code": "NTH"})
        self.env["stock.quant"]._update_available_quantity(self.flat, other.lot_stock_id, 5)
        request, part = self._job(3)
        self.assertFalse(part.alternate_message)
        self._not_offered(request)
        theirs = self._create_part("Their belt", 5.0, company_id=self.env["res.company"].create({"name": "Sister"}).id)
        self._approved_alternate(other=theirs)
        self.env["stock.quant"]._update_available_quantity(theirs, self.stock, 5)
        part.invalidate_recordset(["alternate_message"])
        self.assertFalse(part.alternate_message)

    def test_alternate_of_a_part_that_is_no_longer_used(self):
        self._approved_alternate()
        self._shelf(self.flat, 5)
        request, part = self._job(3)
        self.belt.active = False
        self._offered(request).action_apply()
        self.assertEqual((part.product_id, part.state), (self.flat, "assigned"))
