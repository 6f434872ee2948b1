from odoo.tests import new_test_user

from ..common import MaintenanceCase

RIGHTS = "keepwisely_maintenance.group_maintenance_history"
FLAG = {"maintenance_bring_in_history": True}

#: Columns of one file with everything in it.
COLUMNS = [
    "reference", "equipment_id", "maintenance_person_id", "name", "maintenance_type", "priority", "state",
    "maintenance_date_reported", "date_approved", "date_started", "date_completed", "date_closed", "labor_hours", "labor_cost",
    "parts_cost", "service_cost", "maintenance_downtime_from", "maintenance_downtime_to",
]  # fmt: skip


class HistoryCase(MaintenanceCase):
    """A planner who may bring in the past, one who may not, and people of the past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mover = new_test_user(cls.env, login="kw_mover", groups=RIGHTS, name="Mover", tz="UTC")
        cls.company.resource_calendar_id.tz = "UTC"
        cls.left = cls.env["res.partner"].create({"name": "Ruth Left", "active": False})
        cls.contractor = cls.env["res.partner"].create({"name": "Karl Contract"})
        cls.mixer = cls.env["maintenance.equipment"].create({"name": "Mixer 9", "maintenance_team_id": cls.team.id})

    def _history(self, model="maintenance.request", user=None):
        return self.env[model].with_user(user or self.mover).with_context(**FLAG)

    def _values(self, number, **values):
        return {
            "reference": f"OLD-{number}",
            "name": "Belt torn",
            "equipment_id": self.conveyor.id,
            "maintenance_person_id": self.left.id,
            "state": "closed",
            "maintenance_date_reported": "2024-03-04 06:00:00",
            "date_approved": "2024-03-04 08:00:00",
            "date_started": "2024-03-05 07:00:00",
            "date_completed": "2024-03-05 11:30:00",
            "date_closed": "2024-03-08 09:00:00",
            **values,
        }

    def _bring_in(self, *numbers, **values):
        """Work orders that were brought in by the planner with the right."""
        return self._history().create([self._values(number, **values) for number in numbers])

    def _row(self, number, **values):
        """A line of the file, as texts."""
        row = {
            "reference": f"OLD-{number}",
            "equipment_id": "Conveyor 3",
            "maintenance_person_id": "Ruth Left",
            "name": "Belt torn",
            "maintenance_type": "Corrective",
            "priority": "High",
            "state": "Completed",
            "maintenance_date_reported": "2024-03-04 06:00:00",
            "date_started": "2024-03-05 07:00:00",
            "date_completed": "2024-03-05 11:30:00",
            **values,
        }
        return [row.get(name, "") for name in COLUMNS]

    def _load(self, rows, columns=COLUMNS, model="maintenance.request", user=None, **context):
        return self._history(model, user).with_context(**context).load(list(columns), [list(row) for row in rows])

    def _errors(self, result):
        """The messages, by the row of a spreadsheet that they are about."""
        found = {}
        for message in result["messages"]:
            found.setdefault(message["rows"]["from"] + 2, []).append(message["message"])
        return found
