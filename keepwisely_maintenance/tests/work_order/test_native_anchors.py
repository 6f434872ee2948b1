from lxml import etree

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestNativeAnchors(TransactionCase):
    """Other modules find the native fields of the work order where Odoo puts them."""

    def _arch(self, view_type):
        return etree.fromstring(self.env["maintenance.request"].get_view(view_type=view_type)["arch"])

    def test_description_stands_once_on_its_page(self):
        (description,) = self._arch("form").xpath("//field[@name='description']")
        self.assertEqual(description.getparent().tag, "page")

    def test_phone_shows_the_description_above_the_tabs(self):
        (brief,) = self._arch("form").xpath("//notebook/preceding-sibling::div[@name='brief']/field")
        self.assertEqual(brief.get("name"), "maintenance_description")
        request = self.env["maintenance.request"].create({"name": "Noise", "description": "<p>Since noon</p>"})
        self.assertEqual(request.maintenance_description, "<p>Since noon</p>")

    def test_board_keeps_the_native_card_beside_ours(self):
        board = self._arch("kanban")
        self.assertEqual(board.xpath("//t/@t-name")[-2:], ["native_card", "card"])
        names = set(board.xpath("//t[@t-name='native_card']//field/@name"))
        self.assertLessEqual({"name", "equipment_id", "schedule_date", "user_id"}, names)
        self.assertTrue(board.xpath("//t[@t-name='card']//field[@name='reference']"))
