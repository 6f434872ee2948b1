from freezegun import freeze_time
from lxml import html

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCase

from .review_common import NOW, TODAY, ReviewCase


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPurchaseReviewDecisions(ReviewCase, MailCase):
    """Each decision is carried out on the order by who may, once, or refused in a sentence."""

    def _refused(self, lines, expected, **vals):
        before = lines.sudo().read(["decision"])
        with self.assertRaisesRegex(UserError, expected):
            lines.write(vals)
        lines.invalidate_recordset()
        self.assertEqual(lines.sudo().read(["decision"]), before)

    # -- Keep ----------------------------------------------------------------------------------------------

    def test_keep(self):
        order = self._buy(promised="2026-11-10")
        line = self._line(order)
        line.write({"decision": "keep", "keep_until": "2026-12-01", "note": "Castings are late"})
        self.assertEqual((line.decided_by_id, str(line.date_decided)), (self.buyer, NOW))
        self.assertEqual(line.outcome, "kept until Dec 1: Castings are late")
        self.assertIn("Castings are late", order.message_ids[0].body)
        self.assertEqual((order.state, order.order_line.product_qty), ("purchase", 5.0))
        self._refused(line, "Buyer has decided", decision="cancel")
        self._refused(line, "Buyer has decided", note="Later thoughts")

    def test_keep_until_a_day_to_come(self):
        self._refused(self._line(self._buy()), "still to come", decision="keep", keep_until=TODAY)

    def test_unknown_decision(self):
        self._refused(self._line(self._buy()), "Choose one of the decisions", decision="forget")

    # -- Expedite --------------------------------------------------------------------------------------------

    def test_expedite_sends_one_mail_per_order_in_the_vendors_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("keepwisely_maintenance.mail_template_expedite")
        template.with_context(lang="fr_FR").subject = "Où est {{ object.name }} ?"
        self.vendor.lang = "fr_FR"
        order = self._buy({}, {"product_id": self.seal.id}, {"product_id": self.seal.id, "product_qty": 99})
        other = self._buy(vendor=self.env["res.partner"].create({"name": "Seals Ltd", "email": "seals@example.com"}))
        lines = self._make().line_ids.with_user(self.buyer)
        chosen = lines.filtered(lambda line: line.qty_ordered == 5.0)
        with self.mock_mail_gateway():
            chosen.write({"decision": "expedite"})
            self._end_transaction()
        self.assertEqual(len(chosen), 3)
        mails = self._new_mails.filtered(lambda mail: mail.recipient_ids & (self.vendor | other.partner_id))
        self.assertEqual(len(mails), 2)
        mail = mails.filtered(lambda mail: self.vendor in mail.recipient_ids)
        self.assertEqual(mail.subject, f"Où est {order.name} ?")
        rows = html.fromstring(mail.body_html).xpath("//table[.//th]//tr[td]/td[position() < 3]")
        self.assertEqual(
            [cell.text_content().strip() for cell in rows],
            ["Bearing 6204", "5 Units", "Seal", "5 Units"],
            "not the line that was not chosen",
        )
        self.assertEqual(set(chosen.mapped("outcome")), {"mailed to orders@bearings.example", "mailed to seals@example.com"})

    def test_expedite_without_an_address_or_anything_to_come(self):
        order = self._buy()
        line = self._line(order)
        self.vendor.email = False
        self._refused(line, "no e-mail address", decision="expedite")
        self._received(order, "2026-11-23")
        self._refused(line, "5 of 5 were received", decision="expedite")

    # -- New date --------------------------------------------------------------------------------------------

    def test_new_date_moves_receipt_and_work_order(self):
        job = self._assigned(schedule_date="2026-12-01 08:00:00")
        self._add_part(job, self.bearing, 3)
        job.action_request_parts(offer=False)
        order = self._order(job.sudo().requisition_ids)
        order.order_line.date_planned = "2026-11-10 12:00:00"
        line = self._line(order)
        line.write({"decision": "redate", "new_date": "2026-12-08"})
        self._end_transaction()
        self.assertEqual(str(line.date_promised_now), "2026-12-08")
        self.assertEqual(str(order.order_line.date_planned), "2026-12-08 12:00:00")
        self.assertEqual(str(order.sudo().picking_ids.move_ids.date_deadline), "2026-12-08 12:00:00")
        self.assertEqual(str(job.parts_ready_date), "2026-12-08")
        self.assertEqual(line.outcome, "promised Dec 8 instead of Nov 10")

    def test_new_date_refused(self):
        order = self._buy()
        line = self._line(order)
        self._refused(line, "cannot be over", decision="redate")
        self._refused(line, "cannot be over", decision="redate", new_date="2026-11-22")
        order.sudo().locked = True
        self._refused(line, "is locked", decision="redate", new_date="2026-12-22")

    # -- Cancel ------------------------------------------------------------------------------------------------

    def test_cancel_the_whole_order(self):
        order = self._buy({}, {"product_id": self.seal.id})
        lines = self._make().line_ids.with_user(self.buyer)
        lines.write({"decision": "cancel"})
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.sudo().picking_ids.state, "cancel")
        self.assertEqual(set(lines.mapped("outcome")), {"order cancelled"})

    def test_cancel_one_line(self):
        order = self._buy({}, {"product_id": self.seal.id})
        self._line(order, self.seal).decision = "cancel"
        self.assertEqual(order.state, "purchase")
        self.assertEqual(order.order_line.mapped("product_qty"), [5.0, 0.0])
        moves = order.sudo().picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual((moves.product_id, moves.product_uom_qty), (self.bearing, 5.0))
        self._line(order, self.bearing).decision = "cancel"
        self.assertEqual(order.state, "cancel")

    def test_cancel_the_rest_also_after_a_new_date(self):
        order = self._buy()
        self._received(order, "2026-11-20", 2)
        order.order_line.date_planned = "2026-12-24 12:00:00"
        line = self._line(order)
        line.decision = "cancel"
        self.assertEqual((order.state, order.order_line.product_qty), ("purchase", 2.0))
        self.assertEqual(set(order.sudo().picking_ids.mapped("state")), {"done", "cancel"})
        self.assertEqual(line.outcome, "ordered 5 → 2")

    def test_what_was_cancelled_is_asked_for_again_by_the_job(self):
        job = self._assigned()
        self._add_part(job, self.bearing, 3)
        job.action_request_parts(offer=False)
        order = self._order(job.sudo().requisition_ids)
        order.order_line.date_planned = "2026-11-10 12:00:00"
        self._line(order).decision = "cancel"
        self._end_transaction()
        self.assertEqual(order.state, "cancel")
        asked = job.sudo().requisition_line_ids
        self.assertFalse(asked.filtered(lambda line: line.state == "ordered"))

    def test_cancel_refused(self):
        order = self._buy()
        line = self._line(order)
        order.sudo().locked = True
        self._refused(line, "is locked", decision="cancel")
        order.sudo().locked = False
        self._received(order, "2026-11-23")
        self._refused(line, "Nothing of", decision="cancel")

    def test_cancel_what_is_billed_is_refused(self):
        self.bearing.purchase_method = "purchase"
        order = self._buy()
        line = self._line(order)
        self._billed(order)
        self._refused(line, "ask for a refund first", decision="cancel")
        self._refused(line, "ask for a refund first", decision="close")

    def test_cancelled_meanwhile(self):
        order = self._buy()
        line = self._line(order)
        order.button_cancel()
        for vals in ({"decision": "expedite"}, {"decision": "redate", "new_date": "2026-12-24"}, {"decision": "close"}):
            self._refused(line, "was cancelled since the review", **vals)
        line.decision = "keep"
        self.assertEqual(line.outcome, "kept")

    # -- Close --------------------------------------------------------------------------------------------------

    def test_close_stops_waiting_and_locks(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-10", 3)
        self._billed(order)
        line = self._line(order)
        line.decision = "close"
        self.assertEqual((order.order_line.product_qty, order.locked), (3.0, True))
        self.assertEqual(line.outcome, "ordered 5 → 3, order locked")
        self.assertFalse(order.date_auto_locked)

    def test_close_what_is_not_billed_stops_waiting_only(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-10", 3)
        self._line(order).decision = "close"
        self.assertEqual((order.order_line.product_qty, order.locked), (3.0, False))

    def test_close_locks_what_is_received_and_billed(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-10")
        self._billed(order)
        self._line(order).decision = "close"
        self.assertTrue(order.locked)

    def test_close_refused(self):
        order = self._buy(self._linked(), promised="2026-11-01")
        line = self._line(order)
        self._refused(line, "cancel it instead", decision="close")
        self._received(order, "2026-11-10")
        self._refused(line, "cannot be closed yet", decision="close")

    # -- Several at once -------------------------------------------------------------------------------------------

    def test_wizard_decides_on_all_or_none(self):
        first, second = self._buy(), self._buy({"product_id": self.seal.id})
        lines = self._make().line_ids.with_user(self.buyer)
        wizard = self.env["maintenance.purchase.review.decide"].with_user(self.buyer)
        form = Form(wizard.with_context(active_model=lines._name, active_ids=lines.ids))
        form.decision = "redate"
        form.new_date = "2026-12-24"
        form.note = "Told by phone"
        wizard = form.save()
        second.sudo().locked = True
        with self.assertRaisesRegex(UserError, second.name):
            wizard.action_decide()
        self.env.invalidate_all()
        self.assertEqual(str(first.order_line.date_planned), "2026-12-15 12:00:00")
        second.sudo().locked = False
        wizard.action_decide()
        self.assertEqual(set(lines.mapped("decision")), {"redate"})
        self.assertEqual(str(first.order_line.date_planned), "2026-12-24 12:00:00")
        self.assertIn("Told by phone", first.message_ids[0].body)
