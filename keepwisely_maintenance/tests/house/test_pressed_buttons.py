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
    "product.template": "is_spare_part",
    "maintenance.schedule": "trigger",
    "maintenance.meter": "kind",
    "maintenance.downtime": "status",
    "stock.picking": "state",
}


@tagged("post_install", "-at_install")
class TestPressedButtons(MaintenanceCase):
    """Nobody is shown a button that is refused to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plant = RandomPlant(cls.env, 3)
        cls.plant.run(250, check_every=1000)

    def test_what_is_shown_can_be_pressed(self):
        faults, refusals, pressed = [], [], 0
        for role in ROLES:
            user = getattr(self.plant, role)
            for records, view in self._get_forms(user):
                buttons = PressedButtons(user, view)
                for record in records:
                    buttons.press_all(record)
                faults += buttons.faults
                refusals += buttons.refusals
                pressed += buttons.pressed
        print(pressed, len(faults)); print("\n".join(sorted(set(faults)))); print("REFUSALS"); print("\n".join(sorted(set(refusals))))
        self.assertFalse(faults)

    def _get_forms(self, user):
        for name, field in FORMS.items():
            model = self.env[name].with_user(user)
            if model.has_access("read"):
                yield self._get_examples(model, field), None
        yield self._get_examples(self.env["maintenance.request"].with_user(user), "state"), self.env.ref(
            "keepwisely_maintenance.maintenance_request_view_form_report"
        ).id

    def _get_examples(self, model, name):
        """Two records of each value of the field that the user may see, the newest."""
        found = model.search([], order="id desc", limit=400)
        return model.concat(*(records[:2] for records in found.grouped(name).values()))
