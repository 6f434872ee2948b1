from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestNativeWrites(TransactionCase):
    """What whoever writes on Odoo's own records pays for what we compute from them."""

    def _is_ours(self, field):
        return (field._module or "").startswith("keepwisely_maintenance")

    def test_nothing_is_looked_up_twice(self):
        """Where a computed relation of ours hangs on a field, Odoo walks all that hangs on it before a write and after it."""
        registry, found = self.env.registry, set()
        for field in {field for model in registry.values() for field in model._fields.values() if not model._abstract}:
            if self._is_ours(field) or field.relational or registry.field_inverses[field]:
                continue
            relations = {
                dependent
                for dependent in registry.get_dependent_fields(field)
                if dependent.relational or registry.field_inverses[dependent]
            }
            ours = {*filter(self._is_ours, relations)}
            if ours == relations and ours and not field.model_name.startswith("maintenance."):
                found.add((str(field), *map(str, ours)))
        self.assertFalse(found)
