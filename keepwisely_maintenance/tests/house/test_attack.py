import json
import traceback
import xmlrpc.client
from collections import Counter
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessDenied, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .attack_common import CHANGING, CONTEXT, CORE, NATIVE, NONSENSE, AttackCase
from .attack_harm import POWERLESS

QUIET = (
    "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.orm.models", "odoo.sql_db", "odoo.http",
    "odoo.addons.base.models.res_users", "odoo.addons.mail.models.mail_mail", "odoo.fields", "odoo.addons.rpc.controllers.json2",
)  # fmt: skip


class _RollBack(Exception):
    pass


@tagged("post_install", "-at_install")
class TestAttack(AttackCase):
    """Every role calls every public method, dispatched as RPC does, each in a savepoint of its own."""

    def _attack(self, role, user, model, name, kwargs, context):
        """Call, and say what harm it did; a refusal is what is hoped for."""
        method = getattr(self.env.registry[model], name)
        if getattr(method, "_api_model", False):
            self._call(role, user, model, name, [], kwargs, context)
        elif self.env[model]._transient and name not in CHANGING:
            for vals in self._get_own_wizards(model, user):
                self._call(role, user, model, name, [vals], kwargs, context)
        elif self._call(role, user, model, name, [self.ids[model]], kwargs, context) in ("refused", "Expected singleton"):
            # what is refused for all of them might pass for one
            one_by_one = model in CORE and name not in CHANGING and role not in POWERLESS
            for record_id in self.ids[model] if one_by_one else ():
                self._call(role, user, model, name, [[record_id]], kwargs, context)

    def _call(self, role, user, model, name, args, kwargs, context):
        env = self.env(user=user, su=False, context=context)
        origin, self.env.transaction.default_env = self.env.transaction.default_env, env
        self.calls += 1
        try:
            with self.env.cr.savepoint():
                if args and isinstance(args[0], dict):
                    args = [env[model].create(args[0]).ids]
                if name == "create":
                    args, kwargs = list(kwargs.values()), {}
                call_kw(env[model], name, args, {**kwargs, "context": context})
                self.done += 1
                harm = self._find_harm(role, user)
                if harm:
                    self.harm.append((role, model, name, args, kwargs, harm))
                raise _RollBack
        except _RollBack:
            return "done"
        except (UserError, AccessDenied, IntegrityError):  # RPC makes sentences of violated constraints
            return "refused"
        except Exception as error:  # whatever is no sentence
            nonsense = next((words for words in NONSENSE if str(error).startswith(words)), None)
            last = traceback.extract_tb(error.__traceback__)[-1]
            if not nonsense and (not self.inherited or "keepwisely_maintenance" in last.filename):
                self.errors.append((role, model, name, args, kwargs, repr(error), f"{last.filename[-50:]}:{last.lineno}"))
            return nonsense
        finally:
            self.env.transaction.default_env = origin

    def _run(self, roles, models, inherited=False, context=None):
        self.calls = self.done = 0
        self.inherited = inherited  # those get nonsense as arguments, and Odoo's own code says so
        self.harm, self.errors = [], []
        methods = {model: list(self._get_methods(model, inherited)) for model in models}
        self.ids = {model: self._records_of(model).ids for model in models}
        with mute_logger(*QUIET):
            for role in roles:
                user = self.attackers[role]
                for model, names in methods.items():
                    for name in names:
                        for kwargs in self._get_calls(model, name, user):
                            self._attack(role, user, model, name, kwargs, context or {})

    def test_every_role_on_every_model(self):
        """The methods of this module and those that change records."""
        self._run(self.attackers, (*self.models, *NATIVE))
        self.assertFalse(self.harm)
        self.assertFalse(self.errors)
        self.assertGreater(self.done, 500, "calls that got through")

    def test_every_method_of_the_models_added(self):
        """Also what they inherit, by whom most rights short of deciding are given, with every context key."""
        self._run(("buyer",), self.models, inherited=True, context=CONTEXT)
        self.assertFalse(self.harm)
        self.assertFalse(self.errors)
        self.assertGreater(self.done, 500, "calls that got through")

    def test_the_attack_would_find_a_hole(self):
        """Without one of the checks, the very same calls do harm and it is seen."""
        # orders that are cut loose would meet the tiers by themselves
        self.env["res.company"].search([]).maintenance_order_rule = "free"
        self.before = self._snapshot()
        for model, check in (
            ("maintenance.requisition", "_check_protected"),
            ("maintenance.requisition.line", "_check_protected"),
            ("purchase.order.line", "_check_requisition_link"),
        ):
            with self.subTest(check=check), patch.object(self.env.registry[model], check, lambda *args: None):
                self._run(("buyer",), [model])
                self.assertTrue(self.harm, check)
        decisions = self.env.registry["maintenance.approval.decision"]
        rule = self.env.ref("keepwisely_maintenance.rule_decision_create")
        rule.active = False
        self.before = self._snapshot()
        with patch.object(decisions, "_check_may_decide", lambda *args: None):
            self._run(("planner",), ["maintenance.requisition"])
            self.assertTrue([harm for harm in self.harm if "action_approve" in harm])


@tagged("post_install", "-at_install")
class TestAttackOverTheNetwork(AttackCase, HttpCase):
    """The same over ``/json/2`` with an API key and over XML-RPC with a password.

    What is called here lasts, so that the attackers go from those with the fewest rights to those
    with the most; the methods of this module and the changing ones of the core models, since a
    request takes ten times as long as a call.
    """

    def _post(self, user, model, method, ids, kwargs):
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps({"ids": ids, **kwargs}, default=str),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {self.keys[user]}"},
        )

    def _get_requests(self, user):
        for model in CORE:
            if model in ("maintenance.approval.delegation", "maintenance.requisition.log"):
                continue  # in process only, for the sake of time
            for name in self._get_methods(model):
                if name in CHANGING and name not in CHANGING[:3]:
                    continue
                is_model_method = hasattr(getattr(self.env.registry[model], name), "_api_model")
                ids = [] if is_model_method else self._records_of(model).ids
                for kwargs in self._get_calls(model, name, user):
                    yield model, name, ids, kwargs

    def _prepare(self):
        self.keys = {
            user: self.env["res.users.apikeys"].with_user(user).sudo()._generate(None, "test", None)
            for role, user in self.attackers.items()
            if role != "public"
        }
        self.before = self._snapshot()

    def test_over_json(self):
        self._prepare()
        errors, harm, answers = [], [], Counter()
        with mute_logger(*QUIET):
            for role, user in self.attackers.items():
                if role == "public":
                    response = self.url_open(
                        "/json/2/maintenance.requisition/action_approve",
                        data="{}",
                        headers={"Content-Type": "application/json"},
                    )
                    self.assertIn(response.status_code, (401, 403))
                    continue
                for model, name, ids, kwargs in self._get_requests(user):
                    for chosen in (ids, *([one] for one in ids[:3])):
                        response = self._post(user, model, name, chosen, kwargs)
                        answers[response.status_code] += 1
                        said = response.json().get("message", "") if response.status_code >= 500 else ""
                        if said and not said.startswith(NONSENSE):
                            errors.append((role, model, name, kwargs, said))
                        if not said.startswith("Expected singleton"):
                            break
                harm += [(role, found) for found in self._find_harm(role, user)]
                self.before = self._snapshot()
        self.assertFalse(harm)
        self.assertFalse(errors)
        self.assertGreater(answers[200], 50, "requests that got through")

    def test_over_xmlrpc(self):
        self._prepare()
        errors, harm, answers = [], [], Counter()
        with mute_logger(*QUIET, "odoo.addons.rpc.controllers.xmlrpc"):
            for role in ("public", "technician", "other company's approver", "buyer"):
                user = self.attackers[role]
                for model, name, ids, kwargs in self._get_requests(user):
                    args = [ids] if ids else []
                    kwargs = json.loads(json.dumps(kwargs, default=str))
                    if name == "create":
                        args, kwargs = list(kwargs.values()), {}
                    try:
                        self.xmlrpc_object.execute_kw(self.env.cr.dbname, user.id, user.login, model, name, args, kwargs)
                        answers["done"] += 1
                    except xmlrpc.client.Fault as fault:
                        answers[fault.faultCode] += 1
                        if fault.faultCode == 1 and not any(words in fault.faultString for words in NONSENSE):  # a traceback
                            errors.append((role, model, name, kwargs, fault.faultString[-300:]))
                    if role == "public":
                        break
                harm += [(role, found) for found in self._find_harm(role, user)]
                self.before = self._snapshot()
        self.assertFalse(harm)
        self.assertFalse(errors)
        self.assertGreater(answers["done"], 20, "requests that got through")
