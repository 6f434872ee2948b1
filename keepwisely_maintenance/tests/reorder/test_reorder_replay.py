from odoo.tests import BaseCase, tagged

from ...models.reorder.reorder_replay import average, count, replay


@tagged("post_install", "-at_install")
class TestReorderReplay(BaseCase):
    def test_an_example_by_hand(self):
        """Three on the shelf; one is left after the second issue, so two are ordered, here ten days later; four are too many."""
        stock, short = replay([(5, 1), (8, 1), (40, 4)], [0, 30, 60], 10, 1, 3)
        self.assertAlmostEqual(stock[0], (3 * 5 + 2 * 3 + 1 * 10 + 3 * 12) / 30)
        # at day 40 all three go and one is owed; four are ordered and here on day 50: three on the shelf for ten days
        self.assertAlmostEqual(stock[1], (3 * 10 + 0 * 10 + 3 * 10) / 30)
        self.assertEqual(short, [0, 1])

    def test_at_the_minimum_it_is_ordered(self):
        stock, short = replay([(0, 1)], [0, 10], 5, 1, 2)
        self.assertAlmostEqual(stock[0], (1 * 5 + 2 * 5) / 10)
        self.assertEqual(short, [0])

    def test_minimum_orders_and_packs(self):
        stock, _short = replay([(0, 2)], [0, 10], 0, 0, 2, min_order_qty=5, multiple=6)
        self.assertAlmostEqual(stock[0], 6, msg="nobody waits for a vendor next door")
        stock, short = replay([(0, 2), (1, 6)], [0, 10], 0, 0, 2, min_order_qty=5, multiple=6)
        self.assertEqual(short, [0], "six came")

    def test_average(self):
        self.assertEqual(average([(0, 3)], [0, 10, 20]), [3, 3])
        self.assertEqual(average([(0, 3), (5, -2), (15, 1)], [0, 10, 20]), [1.5, 0.5])
        self.assertEqual(average([(0, 3), (0, 2), (10, 4)], [0, 10, 20]), [2, 4])

    def test_count(self):
        self.assertEqual(count([0, 5, 9.5, 10, 25], [0, 10, 20]), [3, 1])
