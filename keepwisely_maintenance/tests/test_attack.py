import json
import time
import traceback
import xmlrpc.client

from odoo.exceptions import AccessDenied, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .attack_common import CHANGING, CONTEXT, NATIVE, AttackCase

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
        env = self.env(user=user, su=False, context=context)
        origin, self.env.transaction.default_env = self.env.transaction.default_env, env
        api_model = getattr(getattr(self.env.registry[model], name), "_api_model", False)
        args = [] if api_model else [self._records_of(model).ids]
        self.calls += 1
        try:
            with self.env.cr.savepoint():
                call_kw(env[model], name, args, {**kwargs, "context": context})
                self.done += 1
                harm = self._find_harm(role, user)
                if harm:
                    self.harm.append((role, model, name, kwargs, harm))
                raise _RollBack
        except (_RollBack, UserError, AccessDenied):
            pass
        except Exception as error:  # noqa: BLE001 whatever is no sentence
            last = traceback.extract_tb(error.__traceback__)[-1]
            if "keepwisely_maintenance/models" in last.filename or "keepwisely_maintenance/wizard" in last.filename:
                self.errors.append((role, model, name, kwargs, repr(error), f"{last.filename[-50:]}:{last.lineno}"))
        finally:
            self.env.transaction.default_env = origin

    def _run(self, roles, models, inherited=False, contexts=({},)):
        self.calls = self.done = 0
        self.harm, self.errors = [], []
        started = time.monotonic()
        with mute_logger(*QUIET):
            for role in roles:
                user = self.attackers[role]
                for model in models:
                    for name in self._get_methods(model, inherited):
                        for kwargs in self._get_calls(model, name, user):
                            for context in contexts:
                                self._attack(role, user, model, name, kwargs, context)
        print("ATTACK", self.calls, self.done, time.monotonic() - started, flush=True)
        self.assertFalse(self.harm)
        self.assertFalse(self.errors)
        self.assertGreater(self.calls, 100)

    def test_every_role_on_every_model(self):
        """The methods of this module and those that change records."""
        self._run(self.attackers, (*self.models, *NATIVE))

    def test_every_method_of_the_models_added(self):
        """Also what they inherit, by those with the most rights short of deciding, with every context key."""
        self._run(("buyer",), self.models, inherited=True, contexts=(CONTEXT,))
