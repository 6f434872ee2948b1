from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...hooks import number_existing_assets
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestAssetPlate(MaintenanceCase):
    """What the plant and the maker call an asset."""

    def _create(self, **values):
        return self.env["maintenance.equipment"].with_user(self.planner).create({"name": "Press", **values})

    def test_numbers_are_drawn_where_none_is_given(self):
        sequence = self.env.ref("keepwisely_maintenance.sequence_asset")
        sequence.write({"prefix": "K", "number_next_actual": 7})
        typed = self._create(maintenance_number=" K00008 ")
        self.assertEqual(typed.maintenance_number, "K00008")
        drawn = self.env["maintenance.equipment"].with_user(self.planner).create(
            [{"name": "One"}, {"name": "Two", "maintenance_number": " "}]
        )
        self.assertEqual(drawn.mapped("maintenance_number"), ["K00007", "K00009"], "K00008 was typed before")
        self.assertFalse(drawn.sudo().message_ids.tracking_value_ids, "a number that was drawn is no change")
        drawn[0].maintenance_number = False
        self.assertEqual(drawn[0].maintenance_number, "K00010")
        self.assertEqual(drawn[1].copy().maintenance_number, "K00011")
        sequence.active = False
        self.assertFalse(self._create().maintenance_number, "numbers are typed where the sequence was archived")

    def test_no_two_assets_of_a_company_have_the_same(self):
        self._create(maintenance_number="EQ-1")
        with self.assertRaisesRegex(IntegrityError, "maintenance_number_uniq"), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._create(maintenance_number="eq-1")
        sister = self.env["res.company"].create({"name": "Sister plant"})
        theirs = self.env["maintenance.equipment"].create(
            {"name": "Press", "company_id": sister.id, "maintenance_number": "EQ-1", "maintenance_team_id": False}
        )
        self.assertEqual(theirs.maintenance_number, "EQ-1")

    def test_existing_assets_are_numbered_once(self):
        assets = self._create() | self._create()
        self.env.flush_all()
        self.cr.execute("UPDATE maintenance_equipment SET maintenance_number = 'OLD' || id")
        self.cr.execute("UPDATE maintenance_equipment SET maintenance_number = NULL WHERE id IN %s", (assets._ids,))
        self.env.invalidate_all()
        number_existing_assets(self.env)
        self.assertEqual(assets.sorted("id").mapped("maintenance_number"), ["A00001", "A00002"])
        self.assertNotIn(self._create().maintenance_number, ["A00001", "A00002"])

    def test_it_is_found_and_named_by_its_number(self):
        asset = self._create(maintenance_number="EQ-0815", maintenance_manufacturer="Maker A")
        assets = self.env["maintenance.equipment"].with_user(self.technician)
        self.assertEqual(assets.name_search("eq-08"), [(asset.id, "Press")])
        self.assertEqual(assets.name_search("EQ-0815", operator="="), [(asset.id, "Press")])
        self.assertEqual(assets.name_search("maker a"), [(asset.id, "Press")])
        self.company.maintenance_number_in_names = True
        self.assertEqual(assets.name_search("eq-08"), [(asset.id, "[EQ-0815] Press")])
        asset.serial_no = "S1"
        self.assertEqual(asset.with_user(self.operator).display_name, "[EQ-0815] Press/S1")

    def test_warranty_follows_from_start_and_months(self):
        asset = self._create(maintenance_warranty_start="2022-10-01", maintenance_warranty_months=60)
        self.assertEqual(asset.warranty_date, date(2027, 9, 30))
        asset.maintenance_warranty_months = 24
        self.assertEqual(asset.warranty_date, date(2024, 9, 30))
        asset.warranty_date = "2025-01-31"
        self.assertEqual(asset.warranty_date, date(2025, 1, 31), "what the contract says")
        self.assertEqual(self._create(warranty_date="2030-01-01").warranty_date, date(2030, 1, 1))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._create(maintenance_warranty_months=-1)

    def test_planners_keep_tags(self):
        tag = self.env["maintenance.asset.tag"].with_user(self.planner).create({"name": "Ex zone"})
        asset = self._create(maintenance_tag_ids=[(4, tag.id)])
        self.assertEqual(asset.with_user(self.operator).maintenance_tag_ids.name, "Ex zone")
        with self.assertRaises(AccessError):
            tag.with_user(self.technician).name = "Mine"
