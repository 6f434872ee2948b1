from odoo.fields import Command


class PlantActs:
    """Rows of the table of roles about places, due dates and the past; see `test_roles`."""

    def _keeps_places(self, user, cell):
        places = self.env["stock.location"].with_user(user).with_context(maintenance_new_place=True)
        places.create({"name": "Hall 3"}).name = "Hall 4"

    def _keeps_tags(self, user, cell):
        self.env["maintenance.asset.tag"].with_user(user).create({"name": "Ex zone"}).name = "Zone 1"

    def _says_when_it_is_due(self, user, cell):
        schedule = self.env["maintenance.schedule"].create(
            {"name": "Monthly", "equipment_ids": [Command.link(self.conveyor.id)], "interval": 1, "interval_unit": "month"}
        )
        self.env["maintenance.schedule.asset"].with_user(user).create(
            {"schedule_id": schedule.id, "equipment_id": self.conveyor.id, "last_done_date": "2026-01-05"}
        )
        self.assertEqual(str(schedule.asset_ids.next_date), "2026-02-05")

    def _brings_in_the_past(self, user, cell):
        requests = self.env["maintenance.request"].with_user(user).with_context(maintenance_bring_in_history=True)
        requests.create({"name": "Old", "maintenance_date_reported": "2020-01-01 08:00:00", "state": "requested"})

    def _enters_opening_costs(self, user, cell):
        self.env["maintenance.cost.entry"].with_user(user).create(
            {"equipment_id": self.conveyor.id, "kind": "part", "amount": 5.0, "date": "2020-01-01"}
        )
