from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from ...const import COSTS_GROUP
from .price_common import PriceCase

#: What refuses a question about a field: no right, or a field that nobody can search or group by.
REFUSED = (UserError, ValueError, NotImplementedError)


#: Models that must have been read, by whether somebody is of the team.
EXPECTED = {
    False: {"mail.message", "maintenance.request", "maintenance.equipment"},
    True: {
        "mail.message",
        "maintenance.line.receive",
        "maintenance.part.demand",
        "maintenance.requisition",
        "maintenance.requisition.line",
        "maintenance.requisition.log",
        "stock.lot",
        "stock.move",
    },
}


@tagged("post_install", "-at_install")
class TestHiddenPrices(PriceCase, MailCase):
    """Technicians and requesters learn no price of the module, whichever way they ask."""

    # -- Everything that can be read ----------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_nothing_that_can_be_read_holds_a_price(self):
        """Every field of every model: requisitions, parts, lots, chatter, activities, history, demand, wizards."""
        self._live_through()
        leaks = []
        for user in (self.technician, self.colleague, self.operator):
            seen = set()
            for model, values in self._read_everything(user):
                seen.add(model)
                leaks += [
                    (user.login, model, row["id"], name, value)
                    for row in values
                    for name, value in row.items()
                    if self._find_canaries(value)
                ]
            self.assertLessEqual(EXPECTED[user != self.operator], seen)
        self.assertFalse(leaks)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_who_may_see_prices_finds_them_the_same_way(self):
        """The search above would find a leak."""
        self._live_through()
        found = set()
        for _model, values in self._read_everything(self.planner):
            found |= self._find_canaries(values)
        self.assertLessEqual({"part", "new price", "two parts", "by amount", "hour", "hours", "standstill"}, found)

    def test_messages_mails_and_tracked_values(self):
        with self.mock_mail_gateway():
            self._live_through()
            for name in ("ir_cron_todo_mails", "ir_cron_message_mails"):
                self._run_cron(name)
        mine = (self.technician | self.operator).partner_id
        for mail in self._new_mails:
            if mail.recipient_ids & mine:
                self.assertFalse(self._find_canaries([mail.subject, mail.body_html]), mail.subject)
        self.assertTrue(self._new_mails.filtered(lambda mail: mail.recipient_ids & mine))
        about = [self.job, self.bought.requisition_id, self.by_amount.requisition_id, self.conveyor]
        for record in about:
            self.assertFalse(self._find_canaries(record.sudo().message_ids.mapped("body")), record)
        for user in (self.technician, self.operator):
            with self.assertRaises(AccessError):
                self.env["mail.tracking.value"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["mail.message"].with_user(user).search([("tracking_value_ids.new_value_float", ">", 1)])

    # -- Every way to ask for a field -----------------------------------------------------------------

    def _hidden(self):
        """Pairs of each model and the fields that only those who see costs may read."""
        for name, model in self.env.registry.items():
            if not model._abstract:
                names = [field.name for field in model._fields.values() if field.groups == COSTS_GROUP]
                if names:
                    yield self.env[name], names

    def _some(self, model):
        return model.sudo().search([], limit=1, order="id desc").with_env(model.env)

    def _ways_to_ask(self, records, name):
        """What asks for a field of ``records``, by name."""
        domain = [(name, ">", 0)]
        of_records = {
            "read": lambda: records.read([name]),
            "web_read": lambda: records.web_read({name: {}}),
            "export": lambda: records.export_data([name]),
            "filtered": lambda: records.filtered_domain(domain),
        }
        return (of_records if records else {}) | {
            "search": lambda: records.search(domain),
            "count": lambda: records.search_count(domain),
            "order": lambda: records.search([], order=f"{name} desc"),
            "web_search_read": lambda: records.web_search_read([], {name: {}}),
            "web_search_read, filtered": lambda: records.web_search_read(domain, {"id": {}}),
            "name_search": lambda: records.name_search("", domain),
            "sum": lambda: records.formatted_read_group([], [], [f"{name}:sum"]),
            "having": lambda: records.formatted_read_group([], ["id"], ["__count"], having=[(f"{name}:sum", ">", 0)]),
            "group": lambda: records.formatted_read_group([], [name], ["__count"]),
            "old read_group": lambda: records.read_group([], [f"{name}:sum"], []),
            "onchange": lambda: records.onchange({}, [], {name: {}}),
        }

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models")
    def test_no_way_to_ask_for_a_hidden_field(self):
        self._live_through()
        asked, answered = 0, []
        for user in (self.technician, self.operator):
            for model, names in self._hidden():
                records = self._some(model.with_user(user))
                self.assertFalse(set(names) & records.fields_get().keys(), model._name)
                for name in names:
                    for way, ask in self._ways_to_ask(records, name).items():
                        asked += 1
                        if self._is_answered(ask):
                            answered.append((user.login, f"{model._name}.{name}", way))
        self.assertFalse(answered)
        self.assertGreater(asked, 500)

    def _is_answered(self, ask):
        """Whether a question gets an answer instead of a refusal."""
        try:
            with self.env.cr.savepoint():
                ask()
        except REFUSED:
            return False
        return True

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models")
    def test_no_path_leads_to_a_hidden_field(self):
        """Not through a document that may be read to a price behind it."""
        self._live_through()
        hidden = {model._name: names for model, names in self._hidden()}
        hidden |= {
            "purchase.order": ["amount_total", "amount_untaxed"],
            "purchase.order.line": ["price_unit", "price_subtotal", "price_total"],
            "maintenance.cost.report": ["amount"],
        }
        asked, answered = 0, []
        for model in self._own_models() + ["maintenance.request", "maintenance.equipment", "stock.move", "stock.lot"]:
            records = self.env[model].with_user(self.technician)
            if not records.has_access("read"):
                continue
            for field in records._fields.values():
                for name in hidden.get(field.comodel_name, ()):
                    for way, ask in self._ways_along(records, field.name, name).items():
                        asked += 1
                        if self._is_answered(ask):
                            answered.append((f"{model}.{field.name}.{name}", way))
        self.assertFalse(answered)
        self.assertGreater(asked, 50)

    def _ways_along(self, records, relation, name):
        """What asks for the field ``name`` behind ``relation``, by name."""
        return {
            "search": lambda: records.search([(f"{relation}.{name}", ">", 0)]),
            "any": lambda: records.search([(relation, "any", [(name, ">", 0)])]),
            "without rules": lambda: records.search([(relation, "any!", [(name, ">", 0)])]),
            "group": lambda: records.formatted_read_group([], [f"{relation}.{name}"], ["__count"]),
            "order": lambda: records.search([], order=f"{relation}.{name}"),
            "export": lambda: self._export(records.search([], limit=20), f"{relation}/{name}"),
        }

    def _export(self, records, path):
        """:raises ValueError: nothing but blanks came out."""
        if not any(any(row) for row in records.export_data([path])["datas"]):
            raise ValueError("blank")

    # -- What methods say ---------------------------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models")
    def test_methods_and_refusals_name_no_price(self):
        """Whatever the module's public methods return or raise."""
        self._live_through()
        called = 0
        for user in (self.technician, self.operator):
            for name in [*self._own_models(), "maintenance.request", "maintenance.equipment", "stock.move", "product.product"]:
                if name in self.env.registry and not self.env.registry[name]._abstract:
                    records = self._some(self.env[name].with_user(user))
                    for method in self._own_methods(name):
                        with self.subTest(user=user.login, method=f"{name}.{method}"):
                            self.assertFalse(self._find_canaries(self._call(records, method)))
                            called += 1
        self.assertGreater(called, 100)

    def _call(self, records, method):
        """What a method returns or raises; what it did is undone."""
        answer = None
        try:
            with self.env.cr.savepoint() as savepoint:
                try:
                    answer = getattr(records, method)()
                    answer = str(answer)
                except (UserError, TypeError, ValueError, KeyError, AttributeError) as error:
                    answer = str(error)
                savepoint.rollback()
        finally:
            self.env.invalidate_all(flush=False)
        return answer

    # -- Who is no colleague ------------------------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models")
    def test_portal_and_public_are_shut_out(self):
        self._live_through()
        models = self._own_models()
        self.assertGreater(len(models), 30)
        answered = []
        for user in (self.portal, self.public):
            for name in models:
                records = self._some(self.env[name].with_user(user))
                ways = {
                    "search": lambda records=records: records.search([]),
                    "count": lambda records=records: records.search_count([]),
                    "group": lambda records=records: records.formatted_read_group([], [], ["__count"]),
                    "create": lambda records=records: records.create({}),
                    "read": lambda records=records: records.read(["id", "display_name"]),
                    "write": lambda records=records: records.write({"id": 0}),
                    "delete": lambda records=records: records.unlink(),
                }
                answered += [
                    (user.login, name, way)
                    for way, ask in ways.items()
                    if (records or way in ("search", "count", "group", "create")) and self._is_answered(ask)
                ]
        self.assertFalse(answered)
