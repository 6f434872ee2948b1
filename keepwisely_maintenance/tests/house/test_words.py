import re

from lxml import etree

from odoo.tests import TransactionCase, tagged

#: What things are not called: Odoo's own words, for which the screens have others.
FOREIGN = re.compile(
    r"\bequipments?\b|\bmaintenance requests?\b|\bcreated by user\b|^reported (by|on)\b|\brepaired\b|^(new )?requests?$", re.I
)

#: A label that is written like a title.
TITLE = re.compile(r"^\S+.* [A-Z][a-z]")

#: A name, and a label of Odoo's own.
NAMES = {"instruction_google_slide", "effective_date"}

OURS = ("maintenance", "stock_maintenance", "keepwisely_maintenance")

#: Measures that are called so everywhere.
KNOWN = {"maintenance.menu_m_reports_oee"}

#: Words that a form shows besides attributes.
ATTRIBUTES = ("string", "placeholder", "help", "title", "confirm", "confirm-label")

#: A report is what somebody writes who has no part in the work; there it is reported.
REPORTS = ("my_reports", "_report")


@tagged("post_install", "-at_install")
class TestWords(TransactionCase):
    """One word for one thing: Work order, Asset, Requested by, Completed."""

    def _get_ids(self, model):
        rows = self.env["ir.model.data"].search([("model", "=", model), ("module", "in", OURS)])
        return {row.res_id: row.complete_name for row in rows}

    def test_fields_and_models(self):
        """What imports, exports, messages and groupings say."""
        wrong = []
        for name in self.env.registry:
            if not name.startswith("maintenance."):
                continue
            model = self.env[name]
            wrong += [(name, model._description)] if FOREIGN.search(model._description) else []
            for field, attributes in model.fields_get(attributes=["string", "help"]).items():
                wrong += [(name, field, words) for words in attributes.values() if FOREIGN.search(words)]
        self.assertFalse(wrong)

    def test_menus_and_actions(self):
        wrong = []
        for model, columns in (
            ("ir.ui.menu", ["name"]),
            ("ir.actions.act_window", ["name", "help"]),
            ("mail.activity.type", ["name", "summary"]),
            ("mail.message.subtype", ["name", "description"]),
            ("maintenance.stage", ["name"]),
        ):
            ids = self._get_ids(model)
            for record in self.env[model].with_context(active_test=False).browse(ids).exists():
                wrong += [
                    (ids[record.id], record[column])
                    for column in columns
                    if ids[record.id] not in KNOWN and FOREIGN.search(re.sub(r"<[^>]+>", " ", record[column] or ""))
                ]
        self.assertFalse(wrong)

    def test_views(self):
        ids = self._get_ids("ir.ui.view")
        wrong = []
        for view in self.env["ir.ui.view"].browse(ids).filtered(lambda view: view.type != "qweb" and view.mode == "primary"):
            if any(part in ids[view.id] for part in REPORTS):
                continue
            for node in etree.fromstring(view.get_combined_arch()).iter(etree.Element):
                words = [node.get(name) for name in ATTRIBUTES] + [node.text, node.tail]
                hidden = node.get("invisible") in ("1", "True") or node.xpath("ancestor::t[@t-name='native_card']")
                wrong += [(ids[view.id], word.strip()) for word in words if not hidden and FOREIGN.search((word or "").strip())]
        self.assertFalse(wrong)

    def test_labels_are_sentences(self):
        """What we add is written as *Needed by*, not as *Needed By*."""
        wrong, seen = set(), 0
        views = self.env["ir.ui.view"].browse(self._get_ids("ir.ui.view"))
        for view in views.filtered(lambda view: view.type in ("form", "list", "pivot", "graph") and view.mode == "primary"):
            for node in etree.fromstring(view.get_combined_arch()).iter("field"):
                field = None if node.get("string") else self._get_own_field(view.model, node)
                if field and not any(node.get(name) in ("1", "True") for name in ("invisible", "column_invisible", "nolabel")):
                    seen += 1
                    if TITLE.search(field.string) and field.name not in NAMES:
                        wrong.add((field.model_name, field.name, field.string))
        self.assertGreater(seen, 300)
        self.assertFalse(wrong)

    def _get_own_field(self, model, node):
        for parent in reversed([parent.get("name") for parent in node.iterancestors("field")]):
            field = self.env[model]._fields.get(parent)
            if not field or not field.comodel_name:
                return None
            model = field.comodel_name
        field = self.env[model]._fields.get(node.get("name"))
        return field if field and field._module == "keepwisely_maintenance" else None

    def test_a_menu_and_its_screen_have_one_name(self):
        """The title may say more than the menu, and begins no other thing."""
        root = self.env.ref("maintenance.menu_maintenance_title")
        wrong = []
        for menu in self.env["ir.ui.menu"].search([("id", "child_of", root.id), ("action", "!=", False)]):
            words = [set(re.findall(r"[A-Za-z]{3,}", name)) for name in (menu.name, menu.action.name)]
            stems = [{word.rstrip("s") for word in some} for some in words]
            if not (stems[0] <= stems[1] or stems[1] <= stems[0]):
                wrong.append((menu.name, menu.action.name))
        self.assertFalse(wrong)
