from odoo.tests import TransactionCase, tagged

from .random_plant import RandomPlant


@tagged("post_install", "-at_install")
class TestRandomPlant(TransactionCase):
    """A few hundred random but legal steps; `make walk` does ten thousand."""

    def test_one_warehouse(self):
        RandomPlant(self.env, 2).run(300, check_every=30)

    def test_a_depot_besides(self):
        RandomPlant(self.env, 3).run(300, check_every=30)

    def test_it_goes_on_as_it_was_saved(self):
        """A plant that is saved and read again does what it would have done."""
        journals = []
        for again in (False, True):
            with self.env.cr.savepoint() as savepoint:
                plant = RandomPlant(self.env, 4)
                plant.run(6)
                plant.save()
                if again:
                    plant = RandomPlant.saved(self.env)
                plant.run(6)
                journals.append([entry[:2] for entry in plant.journal])
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(len(journals[1]), 12)
        self.assertEqual(*journals)
