import base64

from lxml import etree

from odoo import Command
from odoo.tests import Form, tagged

from ..common import MaintenanceCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestTriage(MaintenanceCase):
    """What a planner sees first of a report."""

    def _label(self, request):
        return request.with_user(self.planner).maintenance_unsafe_label

    def test_unsafe_until_it_is_repaired(self):
        request = self._assigned(maintenance_is_unsafe=True)
        self.assertEqual(self._label(request), "Unsafe")
        found = self.env["maintenance.request"].with_user(self.planner).search([("maintenance_is_unsafe", "=", True)])
        self.assertIn(request.id, found.ids)
        request.with_user(self.planner).action_complete()
        self.assertFalse(self._label(request))
        self.assertFalse(self._label(self._report()))

    def test_unsafe_work_is_urgent(self):
        with Form(self.env["maintenance.request"].with_user(self.operator)) as report:  # the reporter's page
            report.name = "The guard is loose"
            report.maintenance_is_unsafe = True
            self.assertEqual(report.priority, "2")
        self.assertTrue(report.record.maintenance_is_unsafe)
        with Form(self._report(priority="3").with_user(self.planner)) as form:
            form.maintenance_is_unsafe = True
        self.assertEqual(form.record.priority, "3")

    def test_what_is_not_fixed_is_still_unsafe(self):
        request = self._assigned(maintenance_is_unsafe=True)
        request.with_user(self.planner).action_close()
        action = request.with_user(self.operator).action_not_fixed("It is loose again")
        self.assertTrue(self.env["maintenance.request"].browse(action["res_id"]).maintenance_is_unsafe)
        self.assertFalse(request.copy().maintenance_is_unsafe)

    def test_scanned(self):
        asset = self.conveyor.with_user(self.operator)
        self.assertTrue(asset._report_scanned("The guard is loose", is_unsafe=True).maintenance_is_unsafe)
        self.assertFalse(asset._report_scanned("It squeals").maintenance_is_unsafe)

    def test_first_photo_is_shown_to_whoever_sees_the_work(self):
        request = self._assigned()
        self.assertFalse(request.maintenance_photo_id)
        for name in ("first.png", "second.png"):
            request.with_user(self.operator).message_post(body="See", attachments=[(name, PIXEL)])
        request.with_user(self.planner).message_post(attachments=[("manual.pdf", b"%PDF")])
        for user in (self.operator, self.technician, self.planner):
            self.assertEqual(request.with_user(user).maintenance_photo_id.name, "first.png", user.login)
        self.assertEqual(
            request.action_maintenance_view_photo()["url"], f"/web/image/{request.maintenance_photo_id.id}"
        )

    def test_empty_description_takes_no_room(self):
        self.assertFalse(self._report(description="<p><br></p>").maintenance_description)
        self.assertEqual(self._report(description="<p>Since noon</p>").maintenance_description, "<p>Since noon</p>")

    def test_it_stands_above_the_tabs_at_every_width(self):
        arch = etree.fromstring(self.env["maintenance.request"].with_user(self.planner).get_view(view_type="form")["arch"])
        (brief,) = arch.xpath("//notebook/preceding-sibling::div[@name='brief']")
        self.assertNotIn("d-md-none", brief.get("class"))
        for name in ("maintenance_description", "maintenance_photo_id"):
            self.assertTrue(brief.xpath(f".//field[@name='{name}']"), name)
        title = arch.xpath("//notebook/preceding-sibling::div[contains(@class, 'oe_title')]")[0]
        self.assertTrue(title.xpath(".//field[@name='maintenance_unsafe_label']"))

    def test_part_that_is_being_added_is_not_missing(self):
        """*Done* does not give way to *Ask for parts* before the part was looked for."""
        job = self._assigned()
        job.action_start()
        with Form(job.with_user(self.technician)) as form:
            with form.part_ids.new() as part:
                part.product_id = self.seal
                part.product_uom_qty = 1
            self.assertEqual(form.parts_state, "none")
        self.assertEqual(job.parts_state, "ready")
        job.part_ids = [Command.create({"product_id": self._create_part("Belt", 9.0).id, "product_uom_qty": 1})]
        self.assertEqual(job.parts_state, "to_request")


@tagged("post_install", "-at_install")
class TestStageNames(MaintenanceCase):
    """Native stages are called like their states; a company's own only when it wants that."""

    def setUp(self):
        super().setUp()
        self.stages = self.env["maintenance.stage"]

    def test_native_board(self):
        names = {self.env.ref(f"maintenance.stage_{number}").name for number in (0, 1, 3)}
        self.assertEqual(names, {"Requested", "In progress", "Completed"})
        self.assertFalse(self.env.ref("maintenance.stage_3").fold, "what a planner has to close")
        self.assertEqual(self.env.ref("maintenance.stage_4"), self.env.ref("keepwisely_maintenance.stage_closed"))
        self.assertTrue(self.stages._maintenance_is_native_board())
        self.assertFalse(self.stages._maintenance_get_proposals())

    def test_own_board_is_offered_once(self):
        first = self.env.ref("maintenance.stage_0")
        first.name = "Inbox"
        scrap = self.stages.create({"name": "Scrap", "done": True})
        self.env["ir.model.data"].search([("module", "=", "maintenance"), ("name", "=", "stage_4")]).res_id = scrap.id
        self.assertFalse(self.stages._maintenance_is_native_board())
        self.assertEqual(self.stages._maintenance_get_proposals(), first | scrap)
        before = self.env["mail.activity"].search([])
        self.stages._maintenance_offer_names()
        offered = self.env["mail.activity"].search([]) - before
        self.assertEqual(offered.user_id, self.env.ref("base.group_system").user_ids.filtered("active"))
        self.assertEqual(offered.activity_type_id, self.env.ref("mail.mail_activity_data_todo"))
        self.assertEqual({*offered.mapped("summary")}, {"Call the stages of work orders like their states"})
        self.assertTrue(all("Use our names there" in note for note in offered.mapped("note")))
        named = self.env["ir.model.data"].search([("model", "=", "mail.activity"), ("res_id", "in", offered.ids)])
        self.assertEqual({*named.mapped(lambda data: (data.module, data.name, data.noupdate))},
                         {("keepwisely_maintenance", f"offer_of_names_{to_do.id}", True) for to_do in offered})  # fmt: skip
        self.assertEqual(first.name, "Inbox", "nothing happens by itself")
        wizard = self.env["maintenance.stage.rename"].with_user(self.planner).create({})
        self.assertEqual(wizard.line_ids.stage_id, first | scrap)
        job = self._report()
        wizard.action_apply()
        self.assertEqual((first.name, job.stage_id), ("Requested", first))
        self.assertFalse(scrap.exists())
        self.assertEqual(self.env.ref("maintenance.stage_4").state, "closed")

    def test_scrap_stays_while_something_stands_in_it(self):
        scrap = self.stages.create({"name": "Scrap", "done": True})
        self.env["ir.model.data"].search([("module", "=", "maintenance"), ("name", "=", "stage_4")]).res_id = scrap.id
        job = self._assigned().with_user(self.planner)
        self.assertEqual(self.stages._maintenance_get_scrap(), scrap)
        job.stage_id = scrap
        self.assertFalse(self.stages._maintenance_get_scrap())
