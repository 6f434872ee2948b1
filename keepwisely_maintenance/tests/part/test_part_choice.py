from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPartChoice(MaintenanceCase):
    """What the list of parts to choose from says, to a technician."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.template"].search([("is_spare_part", "=", True)]).is_spare_part = False
        (cls.bearing | cls.seal).product_tmpl_id.is_spare_part = True
        cls.bearing.default_code = "B-6204"
        cls.shelf = cls.env["stock.location"].create({"name": "Shelf A3", "location_id": cls.stock.id})
        cls.belt = cls._create_part("V-belt long", 12.0, list_price=98765.0, standard_price=87654.0)
        cls.env["stock.quant"]._update_available_quantity(cls.belt, cls.shelf, 4)

    def _find(self, text="", user=None, **more):
        products = self.env["product.product"].with_user(user or self.technician)
        return products.maintenance_find_parts(text, **more)["parts"]

    def test_what_is_said_of_a_part(self):
        (belt,) = self._find("V-belt")
        self.assertEqual(
            belt,
            {
                "id": self.belt.id,
                "name": "V-belt long",
                "reference": "",
                "stock": "4 on hand",
                "shelf": "Shelf A3",
                "fits": False,
            },
        )
        request = self._assigned()
        self._add_part(request, self.belt, 3)
        self.env.invalidate_all()
        self.assertEqual(self._find("V-belt")[0]["stock"], "4 on hand, 1 free")
        motor = self._create_part("Gear motor", 5.0)
        pipe = self._create_part("Pipe", 5.0, is_storable=False)
        pipe.is_storable = False
        metre = self.env.ref("uom.product_uom_meter")
        hose = self._create_part("Hose", 5.0, on_hand=2.5, uom_id=metre.id)
        said = {part["id"]: part["stock"] for part in self._find()}
        self.assertEqual((said[motor.id], said[pipe.id]), ("None on hand", "Not counted"))
        self.assertEqual(said[hose.id], f"2.5 {metre.name} on hand")

    def test_no_price_whoever_asks(self):
        said = repr(self._find())
        self.assertIn("V-belt", said)
        for number in ("98765", "87654", "12.0"):
            self.assertNotIn(number, said)

    def test_what_fits_comes_first(self):
        request = self._assigned()
        names = [part["name"] for part in self._find(job_id=request.id)]
        self.assertEqual(names, sorted(names))
        self.conveyor.spare_part_ids = self.seal.product_tmpl_id
        self.env.invalidate_all()
        found = self._find(job_id=request.id)
        self.assertEqual([part["id"] for part in found if part["fits"]], self.seal.ids)
        self.assertEqual(found[0]["id"], self.seal.id)
        other = self.env["maintenance.equipment"].create({"name": "Other"})
        self.assertFalse(any(part["fits"] for part in self._find(job_id=request.id, equipment_id=other.id)))

    def test_goods_that_are_no_spare_parts_are_found_by_name(self):
        self.belt.is_spare_part = False
        self.env.invalidate_all()
        self.assertNotIn(self.belt.id, [part["id"] for part in self._find()])
        self.assertEqual([part["id"] for part in self._find("V-belt")], self.belt.ids)

    def test_by_code_and_by_some_words(self):
        self.env["stock.lot"].create({"name": "LOT-9", "product_id": self.seal.id})
        for text, part in (("B-6204", self.bearing), ("LOT-9", self.seal), ("long v-belt", self.belt), (" LONG ", self.belt)):
            with self.subTest(text=text):
                self.env.invalidate_all()
                self.assertEqual([found["id"] for found in self._find(text)], part.ids)
        self.assertFalse(self._find("gasket cut to sample"))

    def test_the_field_decides_what_may_be_chosen(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self._create_part("Their belt", 5.0, company_id=elsewhere.id, seller_ids=False)
        domain = [("company_id", "in", (False, self.company.id))]
        self.assertNotIn(theirs.id, [part["id"] for part in self._find("belt", domain=domain)])
        self.env["product.product"].create({"name": "Belt change", "type": "service"})
        self.assertEqual([part["id"] for part in self._find("belt", domain=domain)], self.belt.ids)

    def test_a_job_that_one_may_not_see_says_nothing(self):
        request = self._assigned()
        self.conveyor.spare_part_ids = self.seal.product_tmpl_id
        self.env.invalidate_all()
        self.assertFalse(any(part["fits"] for part in self._find(user=self.outsider, job_id=request.id)))
