from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import MaintenanceCase

MONDAY = datetime(2026, 3, 2, 8)


class AssetCase(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.equipment = cls.env["maintenance.equipment"]
        cls.conveyor.company_id = cls.company
        cls.gripper = cls.equipment.create({"name": "Gripper", "parent_id": cls.conveyor.id})

    def _at(self, hours):
        return MONDAY + timedelta(hours=hours)

    def _create_schedule(self, *assets, **values):
        return self.env["maintenance.schedule"].create(
            {
                "name": "Greasing", "interval": 1, "interval_unit": "month",
                "equipment_ids": [Command.set([asset.id for asset in assets])], **values,
            }
        )  # fmt: skip


@tagged("post_install", "-at_install")
class TestArchive(AssetCase):
    """What hangs on an asset is said before it goes, and somebody decides what becomes of it."""

    def _job(self):
        request = self._assigned(reported_status="down")
        self._add_part(request, self.seal, 4)
        return request

    def _dialog(self, asset=None):
        action = (asset or self.conveyor).with_user(self.planner).action_archive()
        self.assertEqual(action["res_model"], "maintenance.equipment.archive")
        return Form(self.env[action["res_model"]].with_user(self.planner).with_context(**action["context"]))

    def test_nothing_hangs_on_it(self):
        """What hangs on others is none of it."""
        request = self._job()
        self._create_schedule(self.conveyor)
        self.env["maintenance.meter"].create({"name": "Hours", "code": "C3", "equipment_id": self.conveyor.id})
        self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        press = self.equipment.create({"name": "Press"})
        press.with_user(self.planner).action_archive()
        self.assertFalse(press.active)
        other = self.equipment.create({"name": "Saw"})
        other.with_user(self.planner).write({"active": False})
        self.assertFalse(other.active)

    def test_refused_until_decided(self):
        self._job()
        for act in (
            lambda asset: asset.write({"active": False}),
            lambda asset: asset.maintenance_archive(),
            lambda asset: asset.maintenance_archive(open_work="cancel"),
            lambda asset: asset.maintenance_archive(components="archive"),
        ):
            with self.assertRaisesRegex(UserError, "hangs on Conveyor 3"):
                act(self.conveyor.with_user(self.planner))
        self.assertTrue(self.conveyor.active)
        with self.assertRaisesRegex(UserError, "Gripper"):
            self.env["maintenance.request"].search([]).with_user(self.planner).archive_equipment_request()
            self.conveyor.with_user(self.planner).active = False

    def test_the_dialog_says_all_of_it(self):
        request = self._job()
        self._create_schedule(self.conveyor)
        self.env["maintenance.meter"].create({"name": "Hours", "code": "C3", "equipment_id": self.conveyor.id})
        self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        form = self._dialog()
        asked = "Asked for or ordered: Bearing 6204"
        for words in (request.reference, "Gripper", "is “Down”", "Seal", "Greasing", "Hours", asked):
            self.assertIn(words, form.what_hangs)
        form.components = "archive"
        form.open_work = "cancel"
        form.save().action_apply()
        self.assertEqual((request.state, self.conveyor.active, self.gripper.active), ("cancelled", False, False))
        self.assertEqual((self.seal.free_qty, request.sudo().requisition_ids.state), (10, "cancelled"))
        self.assertEqual(self.conveyor.status, "running")
        self.assertFalse(self.conveyor.schedule_asset_ids)

    def test_work_goes_on_and_components_stay(self):
        request = self._job()
        form = self._dialog()
        form.components = "detach"
        form.open_work = "keep"
        form.save().action_apply()
        self.assertEqual((request.state, self.conveyor.active), ("assigned", False))
        self.assertEqual((self.gripper.active, self.gripper.parent_id), (True, self.equipment))
        self.assertEqual(self.conveyor.status, "running", "what was scrapped stands still for nothing")
        self.assertTrue(all(self.conveyor.downtime_ids.mapped("date_to")))

    def test_work_of_the_components_counts(self):
        request = self._assigned(equipment_id=self.gripper.id)
        form = self._dialog()
        self.assertNotIn(request.reference, form.what_hangs)
        form.components = "archive"
        self.assertIn(request.reference, form.what_hangs)
        with self.assertRaisesRegex(UserError, "hangs on"):
            self.conveyor.with_user(self.planner).maintenance_archive(components="archive")
        self.conveyor.with_user(self.planner).maintenance_archive("cancel", "archive")
        self.assertEqual((request.state, self.gripper.active), ("cancelled", False))

    def test_work_that_was_done_is_not_cancelled(self):
        request = self._job()
        request.part_ids.action_use_part()
        with self.assertRaisesRegex(UserError, "Work was done"):
            self.conveyor.with_user(self.planner).maintenance_archive("cancel", "archive")
        self.assertEqual((request.state, self.conveyor.active, self.gripper.active), ("assigned", True, True))

    def test_who_may(self):
        for user in (self.operator, self.technician, self.buyer):
            for act in ("action_archive", "maintenance_archive"):
                with self.assertRaises(AccessError):
                    getattr(self.conveyor.with_user(user), act)()

    def test_meters_of_what_was_archived_open_no_work(self):
        meter = self.env["maintenance.meter"].create(
            {"name": "Heat", "code": "HEAT", "kind": "gauge", "equipment_id": self.gripper.id}
        )
        self.env["maintenance.meter.rule"].create({"meter_id": meter.id, "threshold": 80})
        self.gripper.with_user(self.planner).maintenance_archive()
        self.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": 99})
        self.assertFalse(self.env["maintenance.request"].search([("equipment_id", "=", self.gripper.id)]))


@tagged("post_install", "-at_install")
class TestMerge(AssetCase):
    """Two records of one machine: everything goes over to the one that stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.equipment.create(
            {
                "name": "Conveyor three", "company_id": cls.company.id, "maintenance_team_id": cls.other_team.id,
                "serial_no": "C-3", "warranty_date": "2027-01-01", "cost": 9.0, "downtime_hourly_cost": 10.0,
                "effective_date": "2020-01-01", "spare_part_ids": [Command.set(cls.seal.product_tmpl_id.ids)],
            }
        )  # fmt: skip
        cls.conveyor.spare_part_ids = cls.bearing.product_tmpl_id

    def _merge(self, loser=None, winner=None):
        self.env.flush_all()
        (loser or self.twin).with_user(self.planner).maintenance_merge_into((winner or self.conveyor).id)
        self.env.invalidate_all()

    def _ledger(self, asset):
        self.env.flush_all()
        rows = self.env["maintenance.cost.report"]._read_group([("equipment_id", "=", asset.id)], ["kind"], ["amount:sum"])
        return {kind: round(amount, 2) for kind, amount in rows if round(amount, 2)}

    def test_a_warranty_that_it_has_stays(self):
        self.twin.write({"maintenance_warranty_start": "2022-10-01", "maintenance_warranty_months": 60})
        self.conveyor.warranty_date = "2024-01-31"
        self._merge()
        self.assertEqual((str(self.conveyor.warranty_date), self.conveyor.maintenance_warranty_months), ("2024-01-31", 0))

    def test_a_warranty_that_it_lacks_is_taken_over(self):
        self.twin.write({"maintenance_warranty_start": "2022-10-01", "maintenance_warranty_months": 60})
        self._merge()
        self.assertEqual((str(self.conveyor.warranty_date), self.conveyor.maintenance_warranty_months), ("2027-09-30", 60))

    def test_fields(self):
        self._merge()
        self.assertEqual((self.twin.active, self.twin.maintenance_merged_into_id), (False, self.conveyor))
        self.assertRegex(self.twin.message_ids[0].body, "Merged into .*Conveyor 3")
        self.assertRegex(self.conveyor.message_ids[0].body, "Merged from .*Conveyor three")
        kept = self.conveyor
        self.assertEqual((kept.name, kept.cost, kept.maintenance_team_id), ("Conveyor 3", 12000.0, self.team))
        self.assertEqual((kept.serial_no, str(kept.warranty_date), kept.downtime_hourly_cost), ("C-3", "2027-01-01", 10.0))
        self.assertEqual(str(kept.effective_date), "2020-01-01")
        self.assertEqual(kept.spare_part_ids, (self.seal | self.bearing).product_tmpl_id)

    def test_work_and_costs(self):
        self.company.maintenance_order_rule = "free"
        closed = self._assigned(equipment_id=self.twin.id, maintenance_team_id=self.team.id)
        closed.action_start()
        closed.labor_ids = [Command.create({"hours": 2.0})]
        self._add_part(closed, self.seal, 1)
        crane = self.env["product.product"].create({"name": "Crane", "type": "service", "purchase_method": "receive"})
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": crane.id, "product_qty": 1, "price_unit": price, **link})
                    for price, link in (
                        (100.0, {"maintenance_request_id": closed.id}),
                        (30.0, {"equipment_id": self.twin.id}),
                    )
                ],
            }
        )
        order.button_confirm()
        order.order_line.qty_received = 1
        closed.action_complete()
        closed.with_user(self.planner).action_close()
        waiting = self._assigned(equipment_id=self.twin.id, maintenance_team_id=self.team.id)
        self._add_part(waiting, self.bearing, 3)
        waiting.action_request_parts()
        self.env["maintenance.warranty.recovery"].create({"name": "Vendor", "equipment_id": self.twin.id, "amount": 5})
        costs = {"labor": 80.0, "part": 5.0, "service": 130.0}
        self.assertEqual(self._ledger(self.twin), costs)
        people = [(request.maintenance_team_id, request.user_id) for request in (closed, waiting)]
        self._merge()
        self.assertEqual((self._ledger(self.twin), self._ledger(self.conveyor)), ({}, costs))
        self.assertEqual((closed.state, waiting.state), ("closed", "waiting_parts"))
        self.assertEqual([(request.maintenance_team_id, request.user_id) for request in (closed, waiting)], people)
        self.assertEqual((closed | waiting).equipment_id, self.conveyor)
        self.assertEqual(waiting.sudo().requisition_ids.equipment_ids, self.conveyor)
        self.assertEqual(order.order_line.equipment_id, self.conveyor)
        recoveries = self.env["maintenance.warranty.recovery"].search([("name", "=", "Vendor")])
        self.assertEqual(recoveries.equipment_id, self.conveyor)
        for model in ("maintenance.request", "maintenance.requisition.line", "purchase.order.line", "maintenance.downtime",
                      "maintenance.meter", "maintenance.warranty.recovery"):  # fmt: skip
            self.assertFalse(self.env[model].search([("equipment_id", "=", self.twin.id)]), model)

    def test_rounds(self):
        """A round over both has one line for the one that stays, with the weight of both; a completed one goes over too."""
        def make_round(*assets):
            return self.env["maintenance.request"].create(
                {
                    "name": "Oil", "user_id": self.technician.id, "maintenance_team_id": self.team.id,
                    "maintenance_round_line_ids": [Command.create({"equipment_id": asset.id, "weight": 2}) for asset in assets],
                    "task_ids": [Command.create({"name": "Oil", "equipment_id": asset.id}) for asset in assets],
                }
            )  # fmt: skip

        both, alone = make_round(self.twin, self.conveyor), make_round(self.twin)
        alone.action_approve()
        alone.action_start()
        alone.task_ids.is_done = True
        alone.action_complete()
        self._merge()
        line = both.maintenance_round_line_ids
        self.assertEqual((line.equipment_id, line.weight), (self.conveyor, 4))
        self.assertEqual(alone.maintenance_round_line_ids.equipment_id, self.conveyor)
        self.assertEqual((both | alone).task_ids.equipment_id, self.conveyor)
        self.assertEqual(alone.state, "completed")

    def test_downtime_counts_once(self):
        periods = self.env["maintenance.downtime"].with_user(self.planner)
        for asset, status, begin, end in (
            (self.conveyor, "down", 2, 4), (self.conveyor, "degraded", 8, None),
            (self.twin, "down", 0, 3), (self.twin, "down", 5, 6), (self.twin, "down", 10, None),
        ):  # fmt: skip
            periods.create(
                {
                    "equipment_id": asset.id, "status": status, "date_from": self._at(begin),
                    "date_to": end and self._at(end), "reason": asset.name,
                }
            )  # fmt: skip
        self._merge()
        self.assertFalse(self.twin.downtime_ids)
        self.assertEqual(
            [
                (period.status, period.date_from, period.date_to)
                for period in self.conveyor.downtime_ids.sorted("date_from")
            ],
            [
                ("down", self._at(0), self._at(2)), ("down", self._at(2), self._at(4)), ("down", self._at(5), self._at(6)),
                ("degraded", self._at(8), self._at(10)), ("down", self._at(10), False),
            ],
        )  # fmt: skip
        self.assertEqual((self.conveyor.status, self.twin.status), ("down", "running"))

    def test_meters_and_schedules(self):
        meter = self.env["maintenance.meter"].create({"name": "Hours", "code": "C3H", "equipment_id": self.twin.id})
        self.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": 5})
        own, both = self._create_schedule(self.twin), self._create_schedule(self.twin, self.conveyor)
        made = own.with_user(self.planner).action_generate() and own.request_ids
        self._merge()
        self.assertEqual(meter.equipment_id, self.conveyor)
        self.assertEqual((own.equipment_ids, own.asset_ids.equipment_id), (self.conveyor, self.conveyor))
        self.assertEqual((both.equipment_ids, both.asset_ids.equipment_id), (self.conveyor, self.conveyor))
        self.assertEqual(self.conveyor.schedule_count, 2)
        self.assertEqual(made.equipment_id or self.conveyor, self.conveyor)

    def test_components_talk_and_documents(self):
        axis = self.equipment.create({"name": "Axis", "parent_id": self.twin.id})
        self.twin.message_post(body="Bought second-hand", attachments=[("manual.txt", b"Read me")])
        self.twin.message_subscribe(self.technician.partner_id.ids)
        self.twin.activity_schedule("mail.mail_activity_data_todo", user_id=self.planner.id, summary="Paint it")
        self._merge()
        self.assertEqual(axis.parent_id, self.conveyor)
        self.assertIn("Bought second-hand", "".join(self.conveyor.message_ids.mapped("body")))
        documents = self.env["ir.attachment"].search([("res_model", "=", self.conveyor._name), ("res_id", "=", self.conveyor.id)])
        self.assertIn("manual.txt", documents.mapped("name"))
        self.assertIn(self.technician.partner_id, self.conveyor.message_partner_ids)
        self.assertEqual(self.conveyor.activity_ids.mapped("summary"), ["Paint it"])
        self.assertIn("Merged from", self.conveyor.message_ids[0].body)
        self.assertIn("Merged into", self.twin.message_ids[0].body)

    def test_labels_lead_to_the_winner(self):
        token = self.twin.scan_token
        self.assertEqual(self.equipment.with_user(self.operator)._find_scanned(token), self.twin)
        self._merge()
        self.assertEqual(self.equipment.with_user(self.operator)._find_scanned(token), self.conveyor)
        third = self.equipment.create({"name": "Third", "company_id": self.company.id})
        self._merge(self.conveyor, third)
        self.assertEqual(self.equipment.with_user(self.operator)._find_scanned(token), third, "also over two steps")
        self.assertEqual(self.twin.maintenance_merged_into_id, third)

    def test_what_is_no_pair(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.planner.company_ids |= other
        for loser, winner, words in (
            (self.conveyor, self.conveyor, "which of them stays"),
            (self.gripper, self.conveyor, "Gripper is part of Conveyor 3"),
            (self.conveyor, self.gripper, "Gripper is part of Conveyor 3"),
            (self.twin, self.equipment.create({"name": "Far", "company_id": other.id}), "different companies"),
            (self.twin, self.equipment.create({"name": "Old", "company_id": self.company.id, "active": False}), "is archived"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._merge(loser, winner)
        for nothing in ([], False, (self.conveyor | self.gripper).ids):
            with self.assertRaisesRegex(UserError, "which of them stays"):
                self.twin.with_user(self.planner).maintenance_merge_into(nothing)
        self.assertTrue(self.twin.active)

    def test_who_may_and_what_is_not_for_hands(self):
        for user in (self.operator, self.technician, self.buyer):
            with self.assertRaises(AccessError):
                self.twin.with_user(user).maintenance_merge_into(self.conveyor.id)
        with self.assertRaisesRegex(UserError, "use Merge"):
            self.twin.with_user(self.planner).maintenance_merged_into_id = self.conveyor
        self._merge()
        with self.assertRaisesRegex(UserError, "was merged into"):
            self.twin.with_user(self.planner).action_unarchive()

    def test_the_dialog(self):
        action = self.env.ref("keepwisely_maintenance.action_equipment_merge")
        context = {"active_model": self.twin._name, "active_ids": (self.twin | self.conveyor).ids}
        form = Form(self.env[action.res_model].with_user(self.planner).with_context(**context))
        self.assertEqual(form.winner_id, self.conveyor, "the older one")
        form.winner_id = self.twin
        self.assertEqual(form.save().action_apply()["res_id"], self.twin.id)
        self.assertEqual(self.conveyor.maintenance_merged_into_id, self.twin)
