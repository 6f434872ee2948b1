"""What attackers of every role try; what must stay as it is stands in `attack_harm`.

Shared by the tests in process and over the network, see `test_attack`.
"""

import inspect

from odoo import Command, fields
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import get_public_method
from odoo.tests import new_test_user

from ..approval.approval_common import ApprovalCase
from .attack_harm import Harm

MODULE = "odoo.addons.keepwisely_maintenance."

#: Native models that approvals rely on, besides those the module adds.
NATIVE = (
    "maintenance.request",
    "maintenance.equipment",
    "maintenance.stage",
    "purchase.order",
    "purchase.order.line",
    "stock.move",
    "stock.picking",
    "stock.rule",
    "stock.warehouse.orderpoint",
    "product.product",
    "res.partner",
    "res.users",
    "res.groups",
    "res.company",
    "res.currency.rate",
    "ir.model.data",
    "ir.model.access",
    "ir.rule",
    "ir.default",
    "ir.cron",
    "ir.actions.server",
    "ir.config_parameter",
    "mail.activity",
    "mail.message",
    "ir.attachment",
)

#: Generic methods that change something; the module's models inherit them all.
CHANGING = (
    "create",
    "write",
    "unlink",
    "copy",
    "load",
    "web_save",
    "action_archive",
    "action_unarchive",
    "toggle_active",
    "message_post",
    "message_new",
    "message_update",
    "activity_schedule",
    "activity_feedback",
    "update_field_translations",
    "message_subscribe",
    "web_resequence",
)

#: What decides on spending: there everything that changes records is tried, elsewhere the first of it.
CORE = (
    "maintenance.requisition",
    "maintenance.requisition.line",
    "maintenance.approval.decision",
    "maintenance.approval.tier",
    "maintenance.approval.delegation",
    "maintenance.requisition.log",
    "purchase.order",
    "purchase.order.line",
)

#: What Odoo itself answers to a call that makes no sense, in whatever model; everything else must be a sentence.
NONSENSE = (
    "Expected singleton",
    "No 'active' field",
    "Invalid field name",
    "Wrong value for",
    "Invalid field",
    "cannot marshal None",  # XML-RPC, for a method that returns nothing
    "message must be an email.message.EmailMessage",  # the gateway's message_route
)

#: Left out: they send files, mails or log people out, and touch nothing of the module.
LEFT_OUT = {
    "res.users": {"action_revoke_all_devices", "action_reset_password", "reset_password", "authenticate", "change_password"},
    "mail.activity": {"activity_format"},
}

#: Context with every switch that somebody might hope for.
CONTEXT = {
    "tracking_disable": True,
    "mail_notrack": True,
    "active_test": False,
    "install_mode": True,
    "_force_unlink": True,
    "import_file": True,
    "maintenance_extending": True,
    "maintenance_parts_settling": True,
    "su": True,
    "uid": 1,
    "maintenance_supply_settling": True,
    "maintenance_unattended": True,
    "default_state": "approved",
    "default_date_submitted": "2026-01-01 00:00:00",
    "default_tier_ids": [],
    "default_price_unit": 0.01,
}


class AttackCase(Harm, ApprovalCase):
    """A plant with a requisition in every state, and an attacker per role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls.env["res.company"].create({"name": "Sister plant"})
        cls.attackers = {
            "public": cls.env.ref("base.public_user"),
            "portal": new_test_user(cls.env, login="kw_portal", groups="base.group_portal"),
            "requester": cls.operator,
            "other company's approver": new_test_user(
                cls.env,
                login="kw_theirs",
                groups="purchase.group_purchase_manager,account.group_account_manager",
                company_id=cls.sister.id,
                company_ids=[Command.set(cls.sister.ids)],
            ),
            "technician": cls.technician,
            "approver of the lower tier": cls.procurement,
            "planner": cls.planner,
            "buyer": cls.buyer,
        }
        cls.env["maintenance.approval.tier"].search([("company_id", "=", cls.sister.id)]).user_ids = cls.attackers[
            "other company's approver"
        ]
        cls.pump = cls._create_part("Pump", 100.0)
        cls.models = sorted(
            name
            for name, model in cls.env.registry.items()
            if name not in NATIVE and not model._abstract and model._original_module == "keepwisely_maintenance"
        )

    def setUp(self):
        super().setUp()
        self.scene = scene = {}
        pump = {"product_id": self.pump.id, "name": "Pump", "product_qty": 10.0, "price": 100.0}
        scene["draft"] = self._waiting(submit=False, **pump)
        scene["waits"] = self._waiting(**pump)
        scene["own"] = self._waiting(user=self.buyer, **pump)
        scene["waits for finance"] = self._waiting(price=9000.0)
        scene["approved"] = self._waiting(**pump)
        scene["rejected"] = self._waiting(**pump)
        scene["requested"] = self._waiting(**pump)
        scene["ordered"] = self._waiting(**pump)
        decided = scene["waits for finance"] | scene["approved"] | scene["requested"] | scene["ordered"]
        decided.with_user(self.procurement).action_approve()
        scene["rejected"].with_user(self.procurement).action_reject("No")
        scene["ordered"].with_user(self.buyer).action_order()
        scene["ordered"].sudo().purchase_order_ids.with_user(self.buyer).button_confirm()
        scene["requested"].with_user(self.buyer).action_order()
        self.delegation = self._delegate(delegate=self.finance)
        self._end_transaction()
        self.requisitions = self.env["maintenance.requisition"].union(*scene.values()).sudo()
        self.last_log = self.env["maintenance.requisition.log"].search([], limit=1).id
        self.before = self._snapshot()

    # -- What is tried ------------------------------------------------------------------------------------

    def _records_of(self, model):
        """Records of the scene."""
        requisitions = self.requisitions
        found = {
            "maintenance.requisition": requisitions,
            "maintenance.requisition.line": requisitions.line_ids,
            "maintenance.approval.decision": requisitions.decision_ids,
            "maintenance.approval.tier": self.tier | self.finance_tier,
            "maintenance.approval.delegation": self.delegation,
            "maintenance.requisition.log": requisitions.log_ids[:5],
            "maintenance.request": requisitions.maintenance_request_ids,
            "maintenance.equipment": self.conveyor,
            "purchase.order": requisitions.purchase_order_ids,
            "purchase.order.line": requisitions.purchase_order_ids.order_line,
            "stock.picking": requisitions.purchase_order_ids.picking_ids,
            "stock.move": requisitions.purchase_order_ids.picking_ids.move_ids,
            "product.product": self.pump,
            "res.company": self.company,
            "res.groups": self.env.ref("purchase.group_purchase_manager"),
            "ir.rule": self.env.ref("keepwisely_maintenance.rule_decision_create"),
            "ir.model.access": self.env.ref("keepwisely_maintenance.access_decision_user"),
            "ir.cron": self.env.ref("keepwisely_maintenance.ir_cron_approvals"),
            "mail.activity": requisitions.activity_ids,
            "mail.message": requisitions.message_ids[:5],
        }
        if model in found:
            return found[model]
        return self.env[model].sudo().search([], limit=3) if self.env[model]._auto else self.env[model]

    def _get_methods(self, model, inherited=False):
        """Names of public methods of ``model``: those of this module and what changes records, or all."""
        cls = self.env.registry[model]
        changing = CHANGING if model in CORE else CHANGING[: 2 if model in NATIVE else 4]
        for name in dir(cls):
            if name.startswith("_") or name in LEFT_OUT.get(model, ()) or not inspect.isfunction(getattr(cls, name, None)):
                continue
            ours = any(name in base.__dict__ and base.__module__.startswith(MODULE) for base in cls.mro())
            if not (ours or inherited or name in changing):
                continue
            try:
                get_public_method(self.env[model], name)
            except Exception:
                continue
            yield name

    def _get_values(self, model, user):
        """Values that would do harm, for create and write."""
        link, join = [Command.link(user.id)], [Command.link(self.env.ref("base.group_system").id)]
        requisition, today = self.scene["waits"], fields.Date.to_string(self.today)
        forged = {"state": "approved", "date_submitted": "2026-01-01 00:00:00", "tier_ids": [Command.clear()]}
        return {
            "maintenance.requisition": [
                forged,
                {"approved_revision": 1},
                {"requester_id": user.id},
                {"company_id": self.sister.id},
            ],
            "maintenance.requisition.line": [
                {"qty_to_buy": 1e6},
                {"price_subtotal": 0.01},
                {"amount_limit": 1e9},
                {"state": "approved"},
                {"requisition_id": self.scene["approved"].id, "name": "Gear", "price_unit": 9e5},
                {"price_unit": 0.01},
                {"purchase_line_ids": [Command.clear()]},
            ],
            "maintenance.approval.decision": [
                {"requisition_id": requisition.id, "decision": "approved"},
                {"requisition_id": self.scene["waits for finance"].id, "decision": "approved", "user_id": self.finance.id},
            ],
            "maintenance.approval.tier": [
                {"user_ids": link},
                {"min_amount": 1e9},
                {"active": False},
                {"name": "Mine", "min_amount": 0, "user_ids": link, "company_id": self.company.id},
            ],
            "maintenance.approval.delegation": [
                {"user_id": self.finance.id, "delegate_id": user.id, "date_from": today, "date_to": today},
                {"delegate_id": user.id},
                {"gives_costs": True},
            ],
            "maintenance.requisition.log": [{"kind": "approved", "requisition_id": requisition.id}, {"user_id": user.id}],
            "maintenance.stage": [{"state": "closed"}],
            "purchase.order": [
                {"state": "purchase"},
                {"currency_rate": 1e6},
                {
                    "partner_id": self.vendor.id,
                    "state": "purchase",
                    "order_line": [Command.create({"product_id": self.pump.id, "requisition_line_id": requisition.line_ids.id})],
                },
            ],
            "purchase.order.line": [
                {"price_unit": 9e5},
                {"requisition_line_id": False},
                {"price_subtotal": 1},
                {"product_qty": 9999},
            ],
            "res.currency.rate": [{"name": "2020-01-01", "rate": 1e6, "currency_id": self.company.currency_id.id}],
            "res.users": [{"group_ids": join}],
            "res.partner": [{"user_ids": [Command.update(user.id, {"group_ids": join})]}],
            "res.groups": [{"user_ids": link}],
            "res.company": [{"requisition_price_tolerance": 1e6}, {"requisition_window_days": 0}],
            "ir.rule": [{"active": False}],
            "ir.model.access": [{"perm_write": True}],
        }.get(model, [{"name": "Forged"}])

    def _get_calls(self, model, name, user):
        """Keyword arguments of the calls to try, by the names in the signature of the method."""
        values = self._get_values(model, user)
        if name in ("create", "write", "web_save"):
            keys = {"create": "vals_list", "write": "vals", "web_save": "vals"}
            extra = {"specification": {}} if name == "web_save" else {}
            return [{keys[name]: [dict(vals)] if name == "create" else dict(vals), **extra} for vals in values]
        if name == "load":
            ids = self._records_of(model).ids[:1]
            return [{"fields": [".id", "state"], "data": [[str(record_id), "Approved"]]} for record_id in ids]
        known = {
            "amount": 1.0,
            "body": "Approved",
            "comment": "Approved",
            "custom_values": dict(values[0]),
            "default": dict(values[0]),
            "decision": "approved",
            "domain": [],
            "field_name": "state",
            "fields": ["display_name"],
            "feedback": "Approved",
            "msg_dict": {"subject": "Approved", "body": "Approved"},
            "name": "Forged",
            "part": 1,
            "part_id": 1,
            "product_id": self.pump.id,
            "quantity": 1.0,
            "reason": "It is urgent",
            "translations": {},
            "offer": False,
            "update_vals": dict(values[0]),
            "values": dict(values[0]),
            "vals": dict(values[0]),
            "vals_list": [dict(values[0])],
            "specification": {},
            "readings": [],
            "act_type_xmlids": ["keepwisely_maintenance.mail_activity_approve"],
            "partner_ids": user.partner_id.ids,
            "use_new_cursor": False,
            "ids": [],
            "operator": "in",
            "value": [True],
            "field_names": ["display_name"],
            "fname": "display_name",
            "access_rule": "write",
            "operation": "read",
            "groupby": [],
            "aggregates": [],
        }
        parameters = list(inspect.signature(getattr(self.env.registry[model], name)).parameters.values())[1:]
        kwargs = {}
        for parameter in parameters:
            if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
                continue
            if parameter.name in known:
                kwargs[parameter.name] = known[parameter.name]
            elif parameter.default is parameter.empty:
                kwargs[parameter.name] = False
        return [kwargs]

    def _get_own_wizards(self, model, user):
        """Values with which the attacker makes wizards of their own, for everything in the scene."""
        vals, targets = {}, [{}]
        for name, field in self.env[model]._fields.items():
            if not field.store or field.compute or name in MAGIC_COLUMNS:
                continue
            if field.relational and field.comodel_name in (*self.models, *NATIVE) and field.type != "one2many":
                many = field.type == "many2many"
                if field.required:
                    ids = self._records_of(field.comodel_name).ids
                    targets = [{name: [Command.set([record_id])] if many else record_id} for record_id in ids]
            elif field.type in ("char", "text"):
                vals[name] = "It is urgent"
        return [{**vals, **target} for target in targets]
