import traceback
from itertools import chain
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..common import MaintenanceCase
from .attack_common import NONSENSE

#: Models of others whose fields this module reads or writes with superuser rights.
NATIVE = (
    "maintenance.request", "maintenance.equipment", "maintenance.team", "purchase.order", "purchase.order.line", "stock.lot",
    "stock.move", "stock.move.line", "stock.picking", "stock.warehouse.orderpoint",
)  # fmt: skip
ROLES = ("operator", "technician", "planner", "buyer", "storekeeper", "procurement")
QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.orm.models", "odoo.sql_db", "odoo.fields",
         "odoo.addons.base.models.ir_attachment")  # fmt: skip
#: Ties of Odoo's own for which nothing is done and that people write with rights of their own.
NATIVE_TIES = {
    ("stock.move", "created_purchase_line_ids"), ("stock.move.line", "consume_line_ids"),
    ("stock.move.line", "produce_line_ids"),
}  # fmt: skip
#: What is changed there and nowhere else; only what belongs to others is foreign.
CHANGED_THERE = {("stock.move", "move_line_ids")}
#: How many records of a model stand for those one may change, and for those one may not.
OWN, FOREIGN, CANDIDATES = 2, 3, 15


class _RollBack(Exception):
    pass


@tagged("post_install", "-at_install")
class TestAttackCommands(MaintenanceCase):
    """Every role writes into every x2many field of every record it may change commands that name records it may not.

    What is named stays as it is: not changed, not deleted, not tied to anything else.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = sorted(
            name for name, model in cls.env.registry.items()
            if name in NATIVE or (not model._abstract and model._auto and model._original_module == "keepwisely_maintenance")
        )  # fmt: skip
        cls._make_scene()
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.splits = {}

    @classmethod
    def _make_scene(cls):
        """Two teams and two companies with one of everything, so that everybody has something that others may not touch."""
        env = cls.env
        cls.sister = env["res.company"].create({"name": "Sister plant"})
        gauge = cls._create_part("Gauge", 80.0, tracking="lot")
        lot = env["stock.lot"].create({"name": "L1", "product_id": gauge.id, "company_id": cls.company.id})
        env["stock.quant"]._update_available_quantity(gauge, cls.stock, 5, lot_id=lot)
        for team, person in ((cls.team, cls.technician), (cls.other_team, cls.outsider)):
            request = env["maintenance.request"].create(
                {"name": f"Work of {team.name}", "equipment_id": cls.conveyor.id, "maintenance_team_id": team.id,
                 "user_id": person.id, "owner_user_id": cls.operator.id}
            )  # fmt: skip
            request.action_approve()
            request.action_assign()
            for product, quantity in ((cls.seal, 1), (gauge, 1), (cls.bearing, 4)):
                env["stock.move"].create(
                    {"maintenance_request_id": request.id, "product_id": product.id, "product_uom_qty": quantity}
                )
            env["maintenance.task"].with_user(person).create(
                {"maintenance_request_id": request.id, "name": "Look", "kind": "pass_fail", "result": "fail"}
            )
            env["maintenance.labor"].create({"maintenance_request_id": request.id, "user_id": person.id, "hours": 1})
            request.with_user(person).action_request_parts(offer=False)
            request.with_user(person).action_request_service("Crane")
        requisitions = env["maintenance.requisition"].search([("state", "=", "approved")])
        requisitions.with_user(cls.buyer).action_order()
        cls._add_sister()
        picking = cls._create_transfer(cls, cls.warehouse.in_type_id, cls.seal, 1)
        picking.move_ids.quantity = 1
        schedule = env["maintenance.schedule"].create(
            {"name": "Grease", "equipment_ids": cls.conveyor.ids, "task_ids": [Command.create({"name": "Grease"})],
             "part_ids": [Command.create({"product_id": cls.seal.id, "product_uom_qty": 1})]}
        )  # fmt: skip
        schedule.action_generate()
        meter = env["maintenance.meter"].create({"name": "Hours", "code": "H1", "equipment_id": cls.conveyor.id})
        env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": 5})

    @classmethod
    def _add_sister(cls):
        """The same of another company."""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.sister.ids})
        team = env["maintenance.team"].create({"name": "Theirs", "company_id": cls.sister.id})
        asset = env["maintenance.equipment"].create(
            {"name": "Theirs", "company_id": cls.sister.id, "maintenance_team_id": team.id}
        )
        request = env["maintenance.request"].create({"name": "Theirs", "equipment_id": asset.id, "company_id": cls.sister.id})
        env["maintenance.task"].create({"maintenance_request_id": request.id, "name": "Theirs"})
        env["maintenance.requisition"].create(
            {"company_id": cls.sister.id, "line_ids": [Command.create({"name": "Theirs", "product_qty": 1, "price_unit": 7})]}
        )
        env["purchase.order"].create(
            {"partner_id": cls.vendor.id, "order_line": [Command.create({"product_id": cls.seal.id, "product_qty": 1})]}
        )
        meter = env["maintenance.meter"].create({"name": "Theirs", "code": "T1", "equipment_id": asset.id})
        env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": 5})
        env["maintenance.schedule"].create(
            {"name": "Theirs", "equipment_ids": asset.ids, "company_id": cls.sister.id,
             "task_ids": [Command.create({"name": "Theirs"})]}
        )  # fmt: skip

    # -- What is tried -------------------------------------------------------------------------------

    def _split(self, user, model):
        """Some records that the user may change, and some that they may not, those first that they may read."""
        if (user, model) not in self.splits:
            records = self.env[model].sudo().with_context(active_test=False).search([], order="id desc", limit=CANDIDATES)
            own = records.filtered(lambda record: self._may_change(record.with_user(user)))
            foreign = (records - own).sorted(lambda record: not record.with_user(user).has_access("read"))
            self.splits[user, model] = own[:OWN], foreign[: FOREIGN - 1] | foreign[-1:]
        return self.splits[user, model]

    def _may_change(self, record):
        """Whether it may be written as it is; rules do not say so alone, checks in the models do as well."""
        if not record.has_access("write"):
            return False
        field = self._get_plain_field(record)
        try:
            with self.env.cr.savepoint():
                self.env.invalidate_all()
                record.write({field.name: record.sudo()[field.name]} if field else {})
                raise _RollBack
        except _RollBack:
            return True
        except (UserError, IntegrityError):
            return False

    @staticmethod
    def _get_plain_field(records):
        return next(
            (field for kind in ("float", "char", "text", "boolean", "integer") for field in records._fields.values()
             if field.type == kind and field.store and not (field.compute or field.readonly) and field.name != "active"),
            None,
        )  # fmt: skip

    def _get_commands(self, foreign):
        field = self._get_plain_field(foreign)
        update = {field.name: {"float": 77.0, "integer": 77, "boolean": True}.get(field.type, "Forged")} if field else {}
        for record in foreign:
            yield from ([Command.UPDATE, record.id, update], [Command.DELETE, record.id, 0], [Command.UNLINK, record.id, 0],
                        [Command.LINK, record.id, 0], [Command.SET, 0, record.ids])  # fmt: skip

    def _snapshot(self, foreign):
        """The rows of what is named, but for what the system derives, and what they are tied to."""
        self.env.flush_all()
        derived = [name for name, field in foreign._fields.items() if field.compute] + ["write_date", "write_uid"]
        rows = self.env.execute_query(
            SQL("SELECT id, to_jsonb(r) - %s::text[] FROM %s r WHERE id IN %s ORDER BY id",
                derived, SQL.identifier(foreign._table), foreign._ids)
        )
        ties = []
        for field in foreign._fields.values():
            if field.type == "many2many" and field.store and not field.compute:
                ties.append(self.env.execute_query(
                    SQL("SELECT * FROM %s WHERE %s IN %s ORDER BY 1, 2", SQL.identifier(field.relation),
                        SQL.identifier(field.column1), foreign._ids)
                ))  # fmt: skip
        return rows, ties

    def _run(self, roles, models):
        """Try all of it; what did harm, in words."""
        harm, self.calls, self.open_ways = [], 0, set()
        for role, model in ((role, model) for role in roles for model in models):
            user = getattr(self, role)
            own = self._split(user, model)[0]
            for field in self.env[model]._fields.values() if own else ():
                if field.type not in ("one2many", "many2many") or (field.compute and not field.inverse and not field.store):
                    continue
                foreign = self._split(user, field.comodel_name)[1] if self.env[field.comodel_name]._auto else ()
                if (model, field.name) in CHANGED_THERE:
                    foreign -= own[field.name]
                if foreign and field.comodel_name in self.models and (model, field.name) not in NATIVE_TIES:
                    harm += self._attack(user, own, field, foreign)
        return harm

    def _attack(self, user, own, field, foreign):
        before = self._snapshot(foreign)
        base = self._get_create_vals(own[:1], user)
        ways = [("write", lambda vals, ids=record.ids: [ids, vals]) for record in own]
        ways.append(("create", lambda vals: [[{**base, **vals}]]))
        for name, get_args in ways:
            # control: without any command it passes, so what is refused below is the command
            if self._call(user, own, name, get_args({field.name: []}), foreign, before) != "done":
                continue
            self.open_ways.add((user.login, own._name, name, field.name))
            for command in self._get_commands(foreign):
                said = self._call(user, own, name, get_args({field.name: [command]}), foreign, before)
                if said not in ("done", "refused"):
                    yield f"{user.login} {own._name}.{name} {field.name} {command}: {said}"

    def _call(self, user, own, name, args, foreign, before):
        """Call as RPC does, and take it back: done, refused, or the harm that was done."""
        self.calls += 1
        env = self.env(user=user, su=False, context={"allowed_company_ids": self.company.ids})
        try:
            with self.env.cr.savepoint():
                self.env.invalidate_all()
                call_kw(env[own._name], name, args, {})
                after = self._snapshot(foreign)
                raise _RollBack
        except _RollBack:
            changed = [pair for pair in zip(chain(*before), chain(*after), strict=False) if pair[0] != pair[1]]
            return changed or "done"
        except (UserError, IntegrityError):  # RPC makes sentences of violated constraints
            return "refused"
        except Exception as error:  # whatever is no sentence
            last = traceback.extract_tb(error.__traceback__)[-1]
            if str(error).startswith(NONSENSE) or "keepwisely_maintenance/models" not in last.filename:
                return "refused"
            return f"{error!r} in {last.filename}:{last.lineno}"

    def _get_create_vals(self, record, user):
        """Values of a record like this one."""
        values = record.sudo().with_context(active_test=False).copy_data()[0]
        return {name: value for name, value in values.items()
                if record._fields[name].type not in ("one2many", "many2many") and record.with_user(user)._has_field_access(
                    record._fields[name], "write")}  # fmt: skip

    # -- What must come out --------------------------------------------------------------------------

    def test_foreign_records(self):
        with mute_logger(*QUIET):
            harm = self._run(ROLES, self.models)
        self.assertFalse(harm)
        self.assertGreater(len(self.open_ways), 100, f"fields of records that roles may write, in {self.calls} calls")

    def test_the_attack_would_find_a_hole(self):
        """Without one of the checks, the very same calls do harm and it is seen."""
        for model, check in (
            ("stock.move", "_maintenance_check_part_commands"),
            ("maintenance.requisition.line", "_check_protected"),
        ):
            nothing = patch.object(self.env.registry[model], check, lambda *args: None)
            with self.subTest(check=check), nothing, mute_logger(*QUIET):
                self.assertTrue(self._run(["technician", "planner"], [model]))
