from odoo.tests import TransactionCase, tagged

from .random_plant import RandomPlant


@tagged("post_install", "-at_install")
class TestRandomPlant(TransactionCase):
    """A few hundred random but legal steps; `bench/random_steps.py` does ten thousand."""

    def test_one_warehouse(self):
        RandomPlant(self.env, 2).run(120)

    def test_a_depot_besides(self):
        RandomPlant(self.env, 3).run(120)
