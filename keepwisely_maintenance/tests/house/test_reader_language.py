from datetime import date, datetime
from io import BytesIO

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.tests import tagged
from odoo.tools import html2plaintext
from odoo.tools.translate import CodeTranslations

from ...report.workbook import Column, Workbook
from ...words import format_items, format_moment, format_number
from ..common import MaintenanceCase


class German(dict):
    """Translations of everything, so that a test sees in which language a sentence was written."""

    def get(self, source, default=None):
        return f"DE {source}"


@tagged("post_install", "-at_install")
class TestReaderLanguage(MaintenanceCase):
    """Who clicks speaks English, who reads German: to-dos, messages and numbers are the reader's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")

    def setUp(self):
        super().setUp()
        native = CodeTranslations.get_python_translations
        self.patch(
            CodeTranslations, "get_python_translations",
            lambda translations, module, lang: German() if lang == "de_DE" else native(translations, module, lang),
        )  # fmt: skip

    def _speak_german(self, *users):
        for user in users:
            user.lang = "de_DE"

    def _summaries(self, record, xmlid):
        kind = self.env.ref(f"keepwisely_maintenance.{xmlid}")
        todos = record.sudo().activity_ids.filtered(lambda todo: todo.activity_type_id == kind)
        return {todo.user_id: todo.summary for todo in todos}

    def _told(self, user, record):
        return [html2plaintext(told.mail_message_id.body) for told in self._notifications(user, record)]

    # -- Words --------------------------------------------------------------------------------------

    def test_numbers_have_the_readers_signs(self):
        german = self.env(context={"lang": "de_DE"})
        for number, there, here in (
            (2, "2", "2"), (2.5, "2.5", "2,5"), (-0.25, "-0.25", "-0,25"), (1250.5, "1,250.5", "1.250,5"),
            (0.1 + 0.2, "0.3", "0,3"),
        ):  # fmt: skip
            self.assertEqual((format_number(self.env, number), format_number(german, number)), (there, here))
        self.assertEqual(format_items(german, 2.5, "Belt"), "2,5 × Belt")

    @freeze_time("2026-11-23 12:00")
    def test_day_and_time_are_joined_as_the_language_does(self):
        moment = datetime(2026, 12, 4, 16, 5)
        german = self.env(context={"lang": "de_DE", "tz": "UTC"})
        self.assertEqual(format_moment(german, moment), "4. Dez., 16:05")
        self.assertEqual(format_moment(german, moment, tz="Asia/Tokyo", with_year=True), "5. Dez. 2026, 01:05")

    def test_rule_of_a_meter(self):
        meter = self.env["maintenance.meter"].create({"name": "Laufzeit", "unit": "h", "equipment_id": self.conveyor.id})
        reading = self.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": 1250.5})
        self.assertEqual(reading.with_context(lang="de_DE").display_name, "1.250,5 h")

    # -- To-dos -------------------------------------------------------------------------------------

    def test_todo_to_approve(self):
        self._speak_german(self.procurement)
        requisition = self._create_job_part(self.bearing, 30).maintenance_requisition_line_ids.requisition_id
        asked = self._summaries(requisition, "mail_activity_approve")
        self.assertEqual(asked[self.procurement], f"DE Approve {requisition.name}")
        others = {summary for user, summary in asked.items() if user != self.procurement}
        self.assertLessEqual(others, {f"Approve {requisition.name}"})

    def test_todo_about_a_report(self):
        self._speak_german(self.planner)
        kind = self.env.ref("keepwisely_maintenance.mail_activity_reported")
        kind.with_context(lang="de_DE").summary = "Gemeldet"
        self.assertEqual(self._summaries(self._report(), "mail_activity_reported")[self.planner], "Gemeldet")

    def test_todo_of_a_buyer(self):
        """A quantity and a sentence, written by what a technician does."""
        self._speak_german(self.buyer)
        part = self._create_job_part(self.bearing, 3.5)
        order = self._order(part.maintenance_requisition_line_ids.requisition_id)
        order.sudo().user_id = self.buyer
        part.product_uom_qty = 1
        todo = self._activities(self.buyer, order)
        self.assertIn("DE No longer needed", html2plaintext(todo.note))
        self.assertIn("2,5", html2plaintext(todo.note))

    def test_todo_of_an_administrator(self):
        administrator = self.env.ref("base.user_admin")
        self._speak_german(administrator)
        self.env["maintenance.stage"]._maintenance_offer_names()
        todo = self.env["mail.activity"].search([("user_id", "=", administrator.id), ("summary", "like", "Call the stages")])
        self.assertTrue(todo[-1:].summary.startswith("DE "))

    # -- Messages -----------------------------------------------------------------------------------

    def test_parts_are_here(self):
        self._speak_german(self.technician)
        part = self._create_job_part(self.bearing, 3.5)
        request = part.maintenance_request_id
        self._receive(self._order(part.maintenance_requisition_line_ids.requisition_id))
        self.assertIn("DE All parts are here: 3,5 × Bearing 6204.", self._told(self.technician, request))

    def test_each_is_told_in_their_language(self):
        self._speak_german(self.planner)
        request = self._report(priority="3")
        self.assertIn(f"DE Emergency: Squealing conveyor, {self.conveyor.name}.", self._told(self.planner, request))
        self.assertIn(f"Emergency: Squealing conveyor, {self.conveyor.name}.", self._told(self.technician, request))

    def test_who_asked_is_told_of_a_refusal(self):
        self._speak_german(self.technician)
        requisition = self._create_job_part(self.bearing, 30).maintenance_requisition_line_ids.requisition_id
        requisition.with_user(self.procurement).action_reject("Too many")
        self.assertTrue(any("DE Rejected" in told for told in self._told(self.technician, requisition)))

    # -- Workbooks ----------------------------------------------------------------------------------

    @freeze_time("2026-11-23 12:00")
    def test_workbook(self):
        german = self.env(context={"lang": "de_DE", "tz": "UTC"})
        with Workbook(german, "Kosten") as book:
            columns = [Column("Tag", "date"), Column("Zeit", "datetime"), Column("Monat", "month")]
            book.add_sheet("Seite", columns, [(date(2026, 3, 1), datetime(2026, 3, 1, 8, 5), date(2026, 3, 1))])
        sheet = load_workbook(BytesIO(book.content))["Seite"]
        self.assertEqual([cell.number_format for cell in sheet[5]], [r"dd\.mm\.yyyy", r"dd\.mm\.yyyy hh:mm", "mmm yyyy"])
        self.assertIn("23. Nov. 2026, 12:00", sheet["A2"].value)
        with Workbook(self.env, "Costs") as book:
            book.add_sheet("Sheet", columns[:1], [(date(2026, 3, 1),)])
        sheet = load_workbook(BytesIO(book.content))["Sheet"]
        self.assertEqual(sheet["A5"].number_format, "mm/dd/yyyy")
