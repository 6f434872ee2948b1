"""The check of names finds each kind of meeting, and nothing where there is none. Run by `make lint`."""

import tempfile
import unittest
import zipfile
from pathlib import Path

from kw.names import relevant, universe_of, unlike_before, unlike_the_list
from kw.names.addon import read_folder, read_wheel
from kw.names.meetings import find_meetings
from kw.names.prefixes import is_prefixed, names_of_ours

MODEL = "from odoo import fields, models\n\n\nclass {cls}(models.Model):\n    {head}\n{body}\n"
FORM = """<form><header/><sheet><field name='name'/>
    <notebook><page string='Notes'><field name='note'/></page></notebook></sheet></form>"""


def model(head, *body):
    return MODEL.format(cls="Made", head=head, body="\n".join(f"    {line}" for line in body))


def record(model_name, xmlid, **fields):
    inside = "".join(f"<field name='{name}'>{value}</field>" for name, value in fields.items())
    return f"<record id='{xmlid}' model='{model_name}'>{inside}</record>"


def view(xmlid, arch, inherit=None, priority=16, mode=""):
    head = f"<field name='inherit_id' ref='{inherit}'/>" if inherit else ""
    head += f"<field name='mode'>{mode}</field>" if mode else ""
    head += f"<field name='model'>job</field><field name='priority'>{priority}</field>"
    return f"<record id='{xmlid}' model='ir.ui.view'>{head}<field name='arch' type='xml'>{arch}</field></record>"


def xpath(expr, position, *inside):
    return f"<xpath expr=\"{expr}\" position='{position}'>{''.join(inside)}</xpath>"


class TestNames(unittest.TestCase):
    """`native` has the model job, ours depends on it; `stranger` depends on native, too, and knows nothing of ours."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.addon("base")
        self.addon("native", py=model(
            "_name = 'job'", "name = fields.Char()", "kind = fields.Selection([('a', 'A')])",
            "def work(self):", "    return 1"), xml=view("job_form", FORM))
        self.others = ["base", "native"]

    def addon(self, name, py="", xml="", js="", depends=("base",)):
        folder = self.folder / name
        for path, content in {
            "__manifest__.py": repr({"name": name, "depends": list(depends) if name != "base" else []}),
            "models/made.py": py, "views/made.xml": f"<odoo>{xml}</odoo>", "static/src/made.js": js,
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        return folder

    def universe(self, ours=None, stranger=None, depends=("native",)):
        folder = self.addon("keepwisely_x", depends=depends, **(ours or {}))
        if stranger is not None:
            self.addon("stranger", depends=("native",), **stranger)
            self.others.append("stranger")
        return universe_of([folder], [read_folder(self.folder / name) for name in self.others])

    def meetings(self, ours=None, stranger=None, **how):
        return find_meetings(self.universe(ours, stranger, **how))

    def assertMeets(self, kind, name, other, ours, stranger=None, **how):
        found = [(meeting.kind, meeting.name, meeting.other) for meeting in self.meetings(ours, stranger, **how)]
        self.assertEqual(found, [(kind, name, other)])

    # Members of models

    def test_field_of_a_stranger(self):
        same = {"py": model("_inherit = 'job'", "asset_id = fields.Many2one('asset')")}
        self.assertMeets("field", "job.asset_id", "stranger", same, same)

    def test_method_of_a_stranger_even_when_it_calls_super(self):
        same = {"py": model("_inherit = 'job'", "def action_ask(self):", "    return super().action_ask()")}
        self.assertMeets("method", "job.action_ask", "stranger", same, same)

    def test_constraint_of_a_stranger(self):
        same = {"py": model("_inherit = 'job'", "_name_uniq = models.Constraint('UNIQUE(name)')")}
        self.assertMeets("constraint", "job._name_uniq", "stranger", same, same)

    def test_field_that_is_a_method_elsewhere(self):
        self.assertMeets("field", "job.ask", "stranger", {"py": model("_inherit = 'job'", "ask = fields.Char()")},
                         {"py": model("_inherit = 'job'", "def ask(self):", "    return 1")})

    def test_nobody_is_met(self):
        ours = {"py": model("_inherit = 'job'", "maintenance_asset_id = fields.Many2one('asset')",
                            "def work(self):", "    return super().work()")}
        stranger = {"py": model("_inherit = 'job'", "asset_id = fields.Many2one('asset')",
                                "def work(self):", "    return super().work()")}
        self.assertEqual(self.meetings(ours, stranger), [])

    def test_members_of_a_dependency_are_no_strangers(self):
        self.addon("stranger", depends=("native",), py=model("_inherit = 'job'", "asset_id = fields.Many2one('asset')"))
        self.others.append("stranger")
        ours = {"py": model("_inherit = 'job'", "asset_id = fields.Many2one(help='Which')")}
        self.assertEqual(self.meetings(ours, depends=("stranger",)), [])

    def test_override_without_super_and_reason(self):
        silent = {"py": model("_inherit = 'job'", "def work(self):", "    return 2")}
        self.assertMeets("method", "job.work", "native", silent)

    def test_override_with_a_reason(self):
        said = {"py": model("_inherit = 'job'", "def work(self):", '    """Theirs does nothing here."""', "    return 2")}
        self.assertEqual(self.meetings(said), [])

    def test_field_of_another_type_than_the_native_one(self):
        self.assertMeets("field", "job.name", "native", {"py": model("_inherit = 'job'", "name = fields.Text()")})

    def test_field_that_hides_a_method(self):
        self.assertMeets("field", "job.work", "native", {"py": model("_inherit = 'job'", "work = fields.Char()")})

    def test_selection_value(self):
        same = {"py": model("_inherit = 'job'", "kind = fields.Selection(selection_add=[('b', 'B')])")}
        self.assertMeets("selection", "job.kind=b", "stranger", same, same)

    def test_member_of_a_mixin_that_the_stranger_adds_to(self):
        self.addon("native", py=model("_name = 'job'") + model("_name = 'thread'")
                   + model("_inherit = ['job', 'thread']", "_name = 'job'"))
        self.assertMeets("field", "job.asset_id", "stranger", {"py": model("_inherit = 'job'", "asset_id = fields.Char()")},
                         {"py": model("_inherit = 'thread'", "asset_id = fields.Char()")})

    def test_member_of_a_mixin_of_ours(self):
        ours = model("_name = 'our.mixin'", "asset_id = fields.Char()")
        ours += model("_name = 'job'", "_inherit = ['job', 'our.mixin']")
        self.assertMeets("field", "job.asset_id", "stranger", {"py": ours},
                         {"py": model("_inherit = 'job'", "asset_id = fields.Char()")})

    def test_member_of_a_delegate(self):
        self.addon("native", py=model("_name = 'template'")
                   + model("_name = 'variant'", "_inherits = {'template': 'template_id'}"))
        self.assertMeets("field", "template.asset_id", "stranger",
                         {"py": model("_inherit = 'template'", "asset_id = fields.Char()")},
                         {"py": model("_inherit = 'variant'", "asset_id = fields.Char()")})

    def test_model(self):
        same = {"py": model("_name = 'job.tier'")}
        self.assertMeets("model", "job.tier", "stranger", same, same)

    def test_relation_table(self):
        self.assertMeets("relation table", "asset_job_rel", "stranger",
                         {"py": model("_inherit = 'job'", "maintenance_asset_ids = fields.Many2many('asset')")},
                         {"py": model("_inherit = 'job'", "asset_ids = fields.Many2many('asset', 'asset_job_rel')")})

    def test_two_of_ours_that_need_not_be_installed_together(self):
        same = model("_inherit = 'job'", "asset_id = fields.Char()")
        folders = [self.addon(name, py=same, depends=("native",)) for name in ("keepwisely_x", "keepwisely_y")]
        found = find_meetings(universe_of(folders, [read_folder(self.folder / name) for name in self.others]))
        self.assertEqual({meeting.other for meeting in found}, {"keepwisely_x", "keepwisely_y"})

    # Names that all addons share

    def test_action_path(self):
        same = {"xml": record("ir.actions.act_window", "action", path="jobs")}
        self.assertMeets("action path", "jobs", "stranger", same, same)

    def test_action_path_of_a_dependency(self):
        same = {"xml": record("ir.actions.act_window", "action", path="jobs")}
        self.addon("native", **same)
        self.assertMeets("action path", "jobs", "native", same)

    def test_sequence_code(self):
        self.assertMeets("sequence code", "job.number", "stranger", {"xml": record("ir.sequence", "sequence", code="job.number")},
                         {"py": "def number(env):\n    return env['ir.sequence'].next_by_code('job.number')\n"})

    def test_config_parameter(self):
        self.assertMeets("config parameter", "job.days", "stranger",
                         {"xml": record("ir.config_parameter", "days", key="job.days")},
                         {"py": model("_inherit = 'job'", "days = fields.Integer(config_parameter='job.days')")})

    def test_config_parameter_that_a_dependency_gives(self):
        same = {"py": "def days(env):\n    return env['ir.config_parameter'].get_param('job.days')\n"}
        self.addon("native", **same)
        self.assertEqual(self.meetings(same, same), [])

    def test_context_keys(self):
        theirs = {"py": "def call(self):\n    return self.with_context(quiet_job=True)\n"}
        for way in ("self.env.context.get('quiet_job')", "self.env.context['quiet_job']",
                    "'quiet_job' in self.env.context", "self.with_context({'quiet_job': 1})",
                    "self.with_context(**KEYS)", "{'context': {'quiet_job': 1}}"):
            with self.subTest(way):
                self.others = ["base", "native"]
                self.assertMeets("context key", "quiet_job", "stranger",
                                 {"py": f"KEYS = {{'quiet_job': 1}}\n\n\ndef read(self):\n    return {way}\n"}, theirs)

    def test_context_key_in_a_view(self):
        self.assertMeets("context key", "quiet_job", "stranger",
                         {"xml": record("ir.actions.act_window", "action", context="{'quiet_job': 1, 'default_name': 2}")},
                         {"xml": view("f", "<form><field name='x' context=\"{'quiet_job': 1, 'default_name': 2}\"/></form>")})

    def test_route(self):
        ours = "ROUTE = '/job'\n\n\nclass Site:\n    @http.route(f'{ROUTE}/scan')\n    def scan(self):\n        return 1\n"
        self.assertMeets("route", "/job/scan", "stranger", {"py": ours},
                         {"py": "class Site:\n    @http.route(['/job/scan'])\n    def scan(self):\n        return 1\n"})

    def test_registry_key(self):
        self.assertMeets("registry key", "fields/bar", "stranger", {"js": "registry.category('fields').add('bar', bar);"},
                         {"js": "registry.category(\"fields\").add(\n    \"bar\", bar);"})

    # Views

    def test_their_anchor_catches_ours(self):
        ours = view("ours", xpath("//sheet", "before", "<field name='note'/>"), "native.job_form")
        stranger = view("theirs", xpath("//field[@name='note']/..", "attributes", "<attribute name='name'>notes</attribute>"),
                        "native.job_form", 999)
        names = {(meeting.name, meeting.other) for meeting in self.meetings({"xml": ours}, {"xml": stranger})}
        self.assertIn(("stranger.theirs //field[@name='note']/..", "stranger"), names)

    def test_our_anchor_catches_theirs(self):
        stranger = view("theirs", xpath("//notebook", "before", "<field name='note'/>"), "native.job_form")
        careless = view("ours", xpath("//field[@name='note']", "after", "<field name='maintenance_x'/>"), "native.job_form", 20)
        self.assertMeets("view", "keepwisely_x.ours //field[@name='note']", "stranger", {"xml": careless}, {"xml": stranger})

    def test_our_anchor_says_where(self):
        stranger = view("theirs", xpath("//notebook", "before", "<field name='note'/>"), "native.job_form")
        spec = xpath("//page/field[@name='note']", "after", "<field name='maintenance_x'/>")
        careful = view("ours", spec, "native.job_form", 20)
        self.assertEqual(self.meetings({"xml": careful}, {"xml": stranger}), [])

    def test_anchor_that_counts(self):
        ours = view("ours", xpath("//page[1]", "inside", "<field name='maintenance_x'/>"), "native.job_form")
        self.assertMeets("view", "keepwisely_x.ours //page[1]", "native", {"xml": ours})
        ours = view("ours", xpath("//page[1]", "before", "<page name='maintenance_x'/>"), "native.job_form")
        self.assertEqual(self.meetings({"xml": ours}), [])

    def test_their_node_in_place_of_the_native_one(self):
        stranger = view("theirs", xpath("//field[@name='note']", "replace", "<field name='note' help='x'/>"), "native.job_form")
        ours = view("ours", xpath("//field[@name='note']", "after", "<field name='maintenance_x'/>"), "native.job_form", 20)
        self.assertEqual(self.meetings({"xml": ours}, {"xml": stranger}), [])

    def test_their_later_view_finds_nothing_any_more(self):
        ours = view("ours", xpath("//page", "replace"), "native.job_form", 90)
        for how in ({"priority": 99}, {"mode": "primary"}):
            with self.subTest(how):
                self.others = ["base", "native"]
                stranger = view("theirs", xpath("//field[@name='note']", "after", "<field name='x'/>"), "native.job_form", **how)
                self.assertMeets("view", "stranger.theirs //field[@name='note']", "stranger", {"xml": ours}, {"xml": stranger})

    def test_node_of_the_same_name(self):
        same = {"xml": view("same", xpath("//notebook", "inside", "<page name='parts'/>"), "native.job_form")}
        self.assertMeets("view", "native.job_form //page[@name='parts']", "stranger", same, same)

    def test_native_node_taken_out(self):
        ours = view("ours", xpath("//field[@name='note']", "replace", "<field name='maintenance_x'/>"), "native.job_form")
        self.assertMeets("view", "native.job_form //field[@name='note']", "native", {"xml": ours})

    def test_native_node_moved(self):
        ours = view("ours", xpath("//header", "inside", "<field name='note' position='move'/>"), "native.job_form")
        self.assertEqual(self.meetings({"xml": ours}), [])

    def test_ours_before_the_native_node(self):
        ours = view("ours", xpath("//field[@name='note']", "before", "<field name='note'/>"), "native.job_form")
        self.assertMeets("view", "native.job_form //field[@name='note']", "native", {"xml": ours})

    # Lists

    def test_names_begin_with_maintenance(self):
        good = ("maintenance_x", "_maintenance_x", "_compute_maintenance_x", "action_maintenance_x", "_onchange_maintenance_x")
        bad = ("x", "_compute_x", "action_x", "x_maintenance_y")
        self.assertEqual([name for name in (*good, *bad) if is_prefixed(name)], list(good))

    def test_new_names(self):
        ours = model("_inherit = 'job'", "asset_id = fields.Char()", "old_id = fields.Char()", "maintenance_id = fields.Char()",
                     "name = fields.Char()") + model("_name = 'our.own'", "free = fields.Char()")
        universe = self.universe({"py": ours, "xml": record("ir.actions.act_window", "action", path="assets")})
        names = names_of_ours(universe)
        self.assertEqual(set(names), {"field job.asset_id", "field job.old_id", "action path assets"})
        before = ["field job.old_id", "action path assets"]
        self.assertEqual([line.split(": ")[1] for line in unlike_before(names, before)], ["field job.asset_id"])
        self.assertEqual(list(unlike_before(names, list(names))), [])
        self.assertIn("is gone", *unlike_before(names, [*names, "field job.gone"]))
        self.assertIn("shorter", *unlike_before(names, list(names), at_most=2))

    def test_allowed(self):
        same = {"py": model("_inherit = 'job'", "asset_id = fields.Many2one('asset')")}
        found = self.meetings(same, same)
        self.assertEqual(list(unlike_the_list(found, ["field job.asset_id | stranger | They never go together."])), [])
        self.assertEqual(len(list(unlike_the_list(found, ["field job.asset_id | stranger |"]))), 2)
        self.assertEqual(len(list(unlike_the_list(found, ["field job.asset_id | somebody | Why."]))), 2)
        self.assertIn("take it out", *unlike_the_list([], ["field job.asset_id | stranger | Why."]))

    def test_what_the_kept_file_must_know(self):
        ours = {"py": model("_inherit = 'job'", "x = fields.Char()") + model("_name = 'our.own'"),
                "xml": view("ours", xpath("//sheet", "inside"), "native.job_form") + view("own", "<form/>")}
        self.assertEqual(relevant(self.universe(ours)), {"job", "native.job_form"})

    def test_wheel(self):
        path = self.folder / "addon.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr("odoo/addons/packed/__manifest__.py", "{'depends': ['native']}")
            wheel.writestr("odoo/addons/packed/models/job.py", model("_inherit = 'job'", "asset_id = fields.Char()"))
            wheel.writestr("odoo/addons/packed/tests/test_job.py", model("_inherit = 'job'", "left_out = fields.Char()"))
        (addon,) = read_wheel(path)
        self.assertEqual((addon.name, addon.depends, list(addon.models["job"]["members"])), ("packed", ["native"], ["asset_id"]))


if __name__ == "__main__":
    unittest.main()
