"""What attackers of every role try, and what must stay as it is.

Shared by the tests in process and over the network, see `test_attack`.
"""

import inspect

from odoo import Command, fields
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import get_public_method
from odoo.tests import new_test_user

from ..approval.approval_common import ApprovalCase

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

#: Parts of a snapshot that are rows with an id; the last column is the company.
ROWS = ("decisions", "requisitions", "lines", "orders")

#: What Odoo itself answers to a call that makes no sense, in whatever model; everything else must be a sentence.
NONSENSE = (
    "Expected singleton",
    "No 'active' field",
    "Invalid field name",
    "Wrong value for",
    "Invalid field",
    "cannot marshal None",  # XML-RPC, for a method that returns nothing
)

#: Roles that have no rights on what is bought here, so that nothing at all may change.
POWERLESS = ("public", "portal", "requester", "other company's approver")

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


class AttackCase(ApprovalCase):
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

    # -- What must stay -----------------------------------------------------------------------------------

    def _query(self, query, *params):
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()

    def _snapshot(self):
        """What approvals are made of, straight from the database."""
        self.env.flush_all()
        return {
            "decisions": self._query(
                "SELECT id, requisition_id, revision, tier_id, user_id, on_behalf_of_id, decision, amount, comment, company_id "
                "FROM maintenance_approval_decision ORDER BY id"
            ),
            "requisitions": self._query(
                "SELECT id, state, requester_id, amount_total, revision, approved_revision, current_tier_id, company_id "
                "FROM maintenance_requisition ORDER BY id"
            ),
            "lines": self._query(
                "SELECT id, requisition_id, product_id, product_qty, price_unit, new_price_unit, price_subtotal, "
                "amount_limit, partner_id, is_cancelled, company_id FROM maintenance_requisition_line ORDER BY id"
            ),
            "orders": self._query(
                "SELECT l.id, o.state, o.currency_id, l.requisition_line_id, l.price_unit, l.product_qty, l.discount, "
                "o.company_id "
                "FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id ORDER BY l.id"
            ),
            "history": self._query(
                "SELECT md5(string_agg(log::text, '|' ORDER BY id)) FROM maintenance_requisition_log log WHERE id <= %s",
                self.last_log,
            ),
            **self._snapshot_of_rights(),
        }

    def _snapshot_of_rights(self):
        tables = {
            "tiers": "SELECT t.id, min_amount, active, group_id, company_id, sequence, "
            "(SELECT array_agg(res_users_id ORDER BY 1) FROM maintenance_approval_tier_res_users_rel "
            "WHERE maintenance_approval_tier_id = t.id) FROM maintenance_approval_tier t ORDER BY t.id",
            "delegations": "SELECT id, user_id, delegate_id, date_from, date_to, active FROM maintenance_approval_delegation "
            "ORDER BY id",
            "groups": "SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM res_groups_users_rel r",
            "implied": "SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM res_groups_implied_rel r",
            "rules": "SELECT md5(string_agg(active::text || domain_force, '|' ORDER BY id)) FROM ir_rule",
            "access": "SELECT md5(string_agg(a::text, '|' ORDER BY id)) FROM ir_model_access a",
            "company": "SELECT id, requisition_price_tolerance, requisition_window_days FROM res_company ORDER BY id",
        }
        return {name: self._query(query) for name, query in tables.items()}

    def _find_harm(self, role, user):
        """What happened that this role may not bring about, in words."""
        after = self._snapshot()
        if after == self.before:
            return []
        before = {name: {row[0]: row[1:] for row in self.before[name]} for name in ROWS}
        now = {name: {row[0]: row[1:] for row in after[name]} for name in ROWS}
        changed = [name for name in after if name not in ROWS and after[name] != self.before[name]]
        if role in POWERLESS:
            # what somebody makes in a company of their own is theirs
            return changed + [
                f"{name} {row_id}"
                for name in ROWS
                for row_id, row in {**now[name], **before[name]}.items()
                if now[name].get(row_id) != before[name].get(row_id) and row[-1] != self.sister.id
            ]
        harm = [name for name in changed if name != "delegations" or role != "approver of the lower tier"]
        for row_id, row in before["decisions"].items():
            if now["decisions"].get(row_id) != row:
                harm.append(f"decision {row} is {now['decisions'].get(row_id)}")
        may_decide = (self.tier.id, user.id) if role == "approver of the lower tier" else None
        for row_id, row in now["decisions"].items():
            if row_id in before["decisions"]:
                continue
            requisition_id, _revision, tier_id, user_id, _for, _decision, amount, _why, _company = row
            own = now["requisitions"][requisition_id][1] == user_id
            by_system = not tier_id and user_id == self.env.ref("base.user_root").id and amount < self.tier.min_amount
            if not by_system and ((tier_id, user_id) != may_decide or own):
                harm.append(f"decision of {user_id} for tier {tier_id} on {requisition_id}")
        for row_id, row in before["requisitions"].items():
            if row[3] and (row_id not in now["requisitions"] or now["requisitions"][row_id][1] != row[1]):
                harm.append(f"requisition {row_id} is gone, or somebody else's")
        for row_id, row in before["lines"].items():
            asked, later = before["requisitions"][row[0]], now["requisitions"].get(row[0])
            sent_back = not later or later[0] in ("draft", "cancelled") or later[3] != asked[3]
            if not sent_back and now["lines"].get(row_id) != row:
                harm.append(f"line {row} is {now['lines'].get(row_id)}")
        for row_id, row in before["orders"].items():
            if row_id in now["orders"] and now["orders"][row_id][2] != row[2]:
                harm.append(f"order line {row_id} was cut loose")
        return harm + self._find_broken(now["requisitions"])

    def _find_broken(self, requisitions):
        """Requisitions that count as approved and were not, or for less; orders above what was approved."""
        self.env.invalidate_all()
        broken = []
        for requisition in self.env["maintenance.requisition"].sudo().with_context(active_test=False).browse(requisitions):
            if requisition.state not in ("approved", "ordered", "done"):
                continue
            decisions = requisition.decision_ids.filtered(
                lambda decision, requisition=requisition: decision.decision == "approved"
                and decision.revision == requisition.approved_revision
            )
            amount = sum(line._get_approved_amount() for line in requisition.line_ids if not line.is_cancelled)
            if not decisions or requisition.tier_ids - decisions.tier_id or amount > max(decisions.mapped("amount")) + 0.01:
                broken.append(f"{requisition.name} is {requisition.state} for {amount}")
        for order in self.env["purchase.order"].sudo().search([("state", "=", "purchase")]):
            lines = order.order_line.requisition_line_id
            broken += filter(None, (line._get_amount_refusal(order, placing=False) for line in lines))
        return broken
