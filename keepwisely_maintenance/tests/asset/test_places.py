from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPlaces(MaintenanceCase):
    """Halls and rooms that are no shelves, kept by planners."""

    def _create_place(self, user=None, **values):
        places = self.env["stock.location"].with_user(user or self.planner).with_context(maintenance_new_place=True)
        return places.create({"name": "Hall 3", **values})

    def test_planners_keep_places(self):
        hall = self._create_place()
        room = self._create_place(name="Pump room", location_id=hall.id)
        self.assertEqual((room.usage, room.maintenance_is_place, room.complete_name), ("view", True, "Hall 3/Pump room"))
        room.name = "Pump house"
        self.conveyor.with_user(self.planner).location_id = room
        self.assertEqual(self.conveyor.with_user(self.operator).location_id.display_name, "Hall 3/Pump house")
        self._create_place(name="Typo").unlink()

    def test_others_keep_none(self):
        for user in (self.operator, self.technician):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._create_place(user)

    def test_planners_keep_no_shelves(self):
        with self.assertRaises(AccessError):
            self.env["stock.location"].with_user(self.planner).create({"name": "Shelf 9", "location_id": self.stock.id})
        with self.assertRaises(AccessError):
            self.stock.with_user(self.planner).name = "Mine"
        with self.assertRaises(UserError):
            self.stock.with_user(self.planner).maintenance_is_place = True
        hall = self._create_place()
        for values in ({"usage": "internal"}, {"maintenance_is_place": False, "usage": "internal"}, {"replenish_location": True}):
            with self.subTest(values=values), self.assertRaises(UserError):
                hall.with_user(self.planner).write(values)
        with self.assertRaises(UserError):
            self._create_place(usage="internal")

    def test_administrators_of_inventory_keep_all(self):
        keeper = new_test_user(
            self.env, "kw_keeper", "stock.group_stock_manager,maintenance.group_equipment_manager", company_id=self.company.id
        )
        shelf = self.env["stock.location"].with_user(keeper).create({"name": "Shelf 9", "location_id": self.stock.id})
        shelf.write({"name": "Shelf 10", "barcode": "SHELF-10"})
        hall = self._create_place(keeper)
        with self.assertRaisesRegex(UserError, "without shelves"):
            shelf.location_id = hall
        with self.assertRaisesRegex(UserError, "stays a place"):
            hall.write({"maintenance_is_place": False, "usage": "internal"})

    def test_work_may_have_a_place_without_an_asset(self):
        hall = self._create_place()
        report = self.env["maintenance.request"].with_user(self.operator).create(
            {"name": "Lamp is broken", "maintenance_location_id": hall.id}
        )
        self.assertEqual((report.maintenance_location_id, report.equipment_id), (hall, self.env["maintenance.equipment"]))
        machine = self._report()
        self.conveyor.location_id = self.stock
        self.assertEqual(machine.maintenance_location_id, self.stock)
        machine.with_user(self.planner).maintenance_location_id = hall
        self.assertEqual(self.conveyor.location_id, self.stock, "the asset stays where it is")
        requests = self.env["maintenance.request"].with_user(self.planner)
        mine = [("id", "in", (report | machine).ids)]
        for domain, found in (
            ([("maintenance_location_id", "=", hall.id)], report),
            ([("maintenance_location_id", "in", (hall | self.stock).ids)], report | machine),
            ([("maintenance_location_id", "ilike", "hall 3")], report),
            ([("maintenance_location_id", "!=", hall.id)], machine),
            ([("maintenance_location_id", "=", False)], requests),
            ([("maintenance_location_id", "child_of", self.stock.ids)], machine),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(requests.search(mine + domain), found.with_user(self.planner), domain)
        report.with_user(self.planner).write({"equipment_id": self.conveyor.id})
        self.assertEqual(report.maintenance_location_id, self.stock)

    def test_places_hold_no_goods(self):
        hall = self._create_place()
        with self.assertRaises(UserError):
            self.env["stock.quant"].create({"product_id": self.seal.id, "location_id": hall.id, "quantity": 1})

    def test_a_place_in_use_stays(self):
        hall = self._create_place()
        self.env["maintenance.request"].with_user(self.planner).create({"name": "Paint", "maintenance_location_id": hall.id})
        self.env.flush_all()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            hall.with_user(self.planner).unlink()
