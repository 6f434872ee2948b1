from odoo.tests import tagged

from ..common import MaintenanceCase
from .pressed_buttons import PressedButtons
from .random_plant import ROLES, RandomPlant

#: The forms, each with the field of which every value is opened.
FORMS = {
    "maintenance.request": "state",
    "maintenance.equipment": "criticality",
    "maintenance.requisition": "state",
    "maintenance.requisition.line": "state",
    "purchase.order": "state",
    "product.product": "is_spare_part",
    "maintenance.schedule": "trigger",
    "maintenance.meter": "kind",
    "maintenance.downtime": "status",
}


@tagged("post_install", "-at_install")
class TestPressedButtons(MaintenanceCase):
    """Nobody is shown a button that is refused to them; that something else is to be done first may be said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plant = RandomPlant(cls.env, 5)
        cls.plant.run(100, check_every=1000)
        equipment = cls.env["maintenance.equipment"].search([], limit=1)
        cls.env["maintenance.schedule"].create({"name": "Grease", "equipment_ids": equipment.ids, "interval": 1})
        cls.env["maintenance.meter"].create({"name": "Hours", "code": "KW-PRESSED", "equipment_id": equipment.id})

    def test_what_is_shown_can_be_pressed(self):
        faults, pressed = [], {}
        for role in sorted({*ROLES} - {"colleague"}):
            user = getattr(self.plant, role)
            for name, field in FORMS.items():
                buttons = PressedButtons(user)
                for record in self._get_examples(self.env[name].with_user(user), field):
                    buttons.press_all(record)
                faults += buttons.faults
                pressed[role] = pressed.get(role, 0) + buttons.pressed
        self.assertFalse(faults)
        self.assertGreater(min(pressed.values()), 5, pressed)

    def _get_examples(self, model, name):
        """A record of each value of the field that the user may see, the newest."""
        # others read orders for the sake of receipts and bills; Odoo's form of them is for buyers
        is_of_others = model._name == "purchase.order" and not model.env.user.has_group("purchase.group_purchase_user")
        if is_of_others or not model.has_access("read"):
            return model
        found = model.search([], order="id desc", limit=400)
        return model.concat(*(records[:1] for records in found.grouped(name).values()))


@tagged("post_install", "-at_install")
class TestButtonsOfOthers(MaintenanceCase):
    """What a button leads to is of whoever presses it."""

    def test_the_number_of_requisitions_is_of_those_one_may_read(self):
        """An asset counted requisitions of others, and opening them was refused."""
        for _number in range(2):
            self._create_job_part(self.bearing, 3)
        for user, number in ((self.operator, 0), (self.technician, 2), (self.planner, 2)):
            asset = self.conveyor.with_user(user)
            self.assertEqual(asset.requisition_count, number, user.login)
            requisitions = self.env["maintenance.requisition"].with_user(user)
            if number:
                self.assertEqual(requisitions.search_count(asset.action_view_requisitions()["domain"]), number)

    def test_who_only_reports_stays_on_the_reporter_s_page(self):
        page = self.env.ref("keepwisely_maintenance.maintenance_request_view_form_report")
        requests = self.env["maintenance.request"]
        for user in (self.operator, self.technician, self.planner, self.buyer, self.storekeeper):
            view_id = requests.with_user(user).get_views([(False, "form")])["views"]["form"]["id"]
            self.assertEqual(view_id == page.id, user == self.operator, user.login)

    def test_looking_at_done_while_a_timer_runs_writes_nothing(self):
        """Whoever opened the screen locked the technician, and a replica refused it."""
        request = self._assigned()
        request.action_timer_start()
        view = self.env.ref("keepwisely_maintenance.maintenance_request_view_form_done")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.env.cr.savepoint(flush=False):
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            _arch, values = PressedButtons(self.technician)._open_form(request.with_user(self.technician), view.id)
        self.assertGreater(values["hours_by_hand"], 0)
