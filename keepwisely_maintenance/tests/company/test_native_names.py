from odoo.tests import TransactionCase, tagged

from ... import native_names


@tagged("post_install", "-at_install")
class TestNativeNames(TransactionCase):
    """Our words for what Odoo's own module calls otherwise, and the way back."""

    def _get_label(self, model, field):
        return self.env["ir.model.fields"]._get(model, field).field_description

    def test_leaving_puts_native_names_back(self):
        stages = {number: self.env.ref(f"maintenance.stage_{number}") for number in (0, 1, 3)}
        stages[1].name = "In the workshop"
        self.assertEqual(self._get_label("maintenance.request", "owner_user_id"), "Requested by")
        native_names.put_back(self.env, native_names.scrap_gave_way(self.env))
        self.assertEqual((stages[0].name, stages[3].name, stages[3].fold), ("New Request", "Repaired", True))
        self.assertEqual(stages[1].name, "In the workshop", "what a company has changed stays")
        self.assertEqual(self.env.ref("maintenance.stage_4").name, "Scrap")
        self.assertNotEqual(self.env.ref("maintenance.stage_4"), self.env.ref("keepwisely_maintenance.stage_closed"))
        self.assertEqual(self.env.ref("maintenance.mail_act_maintenance_request").name, "Maintenance Request")
        self.assertEqual(self._get_label("maintenance.request", "owner_user_id"), "Created by User")
        self.assertEqual(self._get_label("maintenance.equipment", "location_id"), "Location")
        self.assertEqual(self._get_label("maintenance.equipment", "maintenance_ids"), "Maintenance")
        self.assertEqual(self.env["ir.model"]._get("maintenance.equipment").name, "Maintenance Equipment")

    def test_scrap_comes_back_where_it_gave_way_to_a_stage_of_the_company(self):
        """As after a second installation, which finds the stage for closed work of the first one."""
        native_names.put_back(self.env, native_names.scrap_gave_way(self.env))
        scrap, closed = self.env.ref("maintenance.stage_4"), self.env.ref("keepwisely_maintenance.stage_closed")
        self.env["ir.model.data"].search([("model", "=", closed._name), ("res_id", "=", closed.id)]).unlink()
        scrap._maintenance_give_way()
        self.assertEqual(self.env.ref("maintenance.stage_4"), closed)
        self.assertTrue(native_names.scrap_gave_way(self.env))
        self.assertFalse(native_names.scrap_gave_way(self.env), "asked once")

    def test_what_somebody_has_renamed_stays(self):
        kind = self.env.ref("maintenance.mail_act_maintenance_request")
        kind.name = "Machine work"
        native_names.take(self.env)
        native_names.put_back(self.env, native_names.scrap_gave_way(self.env))
        self.assertEqual(kind.name, "Machine work")

    def test_other_languages(self):
        """Where there is a translation of Odoo's, it comes back with the name."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["maintenance"], ["fr_FR"], overwrite=True)
        stage = self.env.ref("maintenance.stage_0")
        native_names.put_back(self.env, native_names.scrap_gave_way(self.env))
        before = stage.with_context(lang="fr_FR").name
        native_names.take(self.env)
        self.assertEqual(stage.with_context(lang="en_US").name, "Requested")
        native_names.put_back(self.env, native_names.scrap_gave_way(self.env))
        self.assertEqual((stage.with_context(lang="en_US").name, stage.with_context(lang="fr_FR").name), ("New Request", before))

    def test_menus_and_actions_in_other_languages(self):
        """Odoo's German knows the menu by its old name; ours is another word, and goes with the module."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["maintenance"], ["de_DE"], overwrite=True)
        menu = self.env.ref("maintenance.menu_m_request").with_context(lang="de_DE")
        action = self.env.ref("maintenance.hr_equipment_request_action").with_context(lang="de_DE")
        field = self.env["ir.model.fields"]._get("maintenance.request", "owner_user_id").with_context(lang="de_DE")
        native = menu.name, action.name
        self.env["res.company"]._maintenance_translate_names()
        self.assertEqual((menu.name, action.name), ("Aufträge", "Aufträge"))
        requested_by = field.field_description
        self.assertNotEqual(requested_by, field.with_context(lang="en_US").field_description)
        self.assertIn("kein Auftrag", action.help)
        self.assertNotIn("Aufträge", native)
        native_names.put_back(self.env, native_names.scrap_gave_way(self.env))
        self.assertEqual((menu.name, action.name), native)
        self.assertNotEqual(field.field_description, requested_by)
