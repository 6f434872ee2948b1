"""Presses what somebody sees on a form, as the web client would, and says what is refused."""

import re

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tools.safe_eval import safe_eval

#: A refusal of somebody, not of something.
WHO_MAY = re.compile(r"\b(belongs to|[Oo]nly (a|the|whoever)\b|by (a planner|the technicians)|may (only )?be)", re.I)


class _RollBack(Exception):
    pass


class PressedButtons:
    """The buttons of one form as one user meets them."""

    def __init__(self, user, view=None):
        self.user = user
        self.view = view
        self.faults, self.pressed = [], 0

    def press_all(self, record):
        """Press each button that is to be seen on the form of ``record``, one at a time; nothing of it stays."""
        record = record.with_user(self.user).with_context(active_test=True)
        if not record.has_access("read"):
            return
        where = f"{self.user.login}: {record._name} {record[:1].id}"
        try:
            arch, values = self._open_form(record, self.view)
        except AccessError as error:
            self.faults.append(f"{where}: the form: {error}")
            return
        for node in arch.iter("button"):
            if self._is_seen(node, values):
                self._press(record, node, values, f"{where}: {self._get_label(node)}")

    # -- What is seen -------------------------------------------------------------------------------

    def _open_form(self, record, view=None):
        arch = etree.fromstring(record.get_view(view, "form")["arch"])
        spec = self._get_spec(arch, record)
        values = record.web_read(spec)[0]
        values["id"] = record.id
        return arch, values

    def _get_spec(self, arch, model):
        """What the client asks of the server to show ``arch``."""
        spec = {}
        for node in arch.iterchildren(etree.Element):
            if node.tag == "field":
                name = node.get("name")
                field = spec.setdefault(name, {})
                comodel = model._fields[name].comodel_name
                views = [child for child in node if child.tag in ("list", "kanban", "form")]
                if model._fields[name].type == "many2one":
                    field["fields"] = {"display_name": {}}
                elif comodel and views:
                    field.setdefault("fields", {}).update(self._get_spec(views[0], model.env[comodel]))
            else:
                for name, field in self._get_spec(node, model).items():
                    spec.setdefault(name, {}).update(field)
        return spec

    def _is_seen(self, node, values):
        within = [node, *node.iterancestors()]
        if not node.get("name") or any(parent.tag == "field" or parent.get("t-name") for parent in within):
            return False  # buttons in rows would need the values of the row
        return not any(
            parent.get("invisible") and self._evaluate(parent.get("invisible"), values) for parent in within
        )

    def _evaluate(self, expression, values):
        known = {
            name: value["id"] if isinstance(value, dict) and "id" in value else value for name, value in values.items()
        }
        return safe_eval(expression, {**known, "uid": self.user.id, "context": {}})

    def _get_label(self, node):
        return node.get("string") or " ".join("".join(node.itertext()).split()) or node.get("name")

    # -- Pressing -----------------------------------------------------------------------------------

    def _press(self, record, node, values, where):
        context = self._evaluate(node.get("context") or "{}", values)
        record = record.with_context(**context)
        env = record.env
        try:
            with env.cr.savepoint():
                env.invalidate_all()
                if node.get("type") == "object":
                    record.check_access("read")
                    action = getattr(record, node.get("name"))()
                else:
                    # sudo: as the client's route does
                    kind = env["ir.actions.actions"].sudo().browse(int(node.get("name"))).type
                    action = env[kind].sudo().browse(int(node.get("name")))._get_action_dict()
                if isinstance(action, dict):
                    self._open_action(record, action)
                env.flush_all()
                raise _RollBack
        except _RollBack:
            self.pressed += 1
        except AccessError as error:
            self.faults.append(f"{where}: {' '.join(str(error).split())[:300]}")
        except UserError as error:
            # what is to be done first may be said; who may do it has to be known before
            if WHO_MAY.search(str(error)):
                self.faults.append(f"{where}: {error}")
        env.invalidate_all()

    def _open_action(self, record, action):
        """Show what a button leads to."""
        if action.get("type") != "ir.actions.act_window":
            return
        record.env.invalidate_all()  # the client asks by another request
        known = {"active_id": record.id, "active_ids": record.ids, "active_model": record._name, "uid": self.user.id}
        context = action.get("context") or {}
        if isinstance(context, str):
            context = safe_eval(context, {**known, "context": {**record.env.context, **known}})
        model = record.env[action["res_model"]].with_context(**{**known, **context})
        views = action.get("views") or [(False, mode) for mode in action.get("view_mode", "list,form").split(",")]
        view_id, mode = views[0]
        if action.get("res_id"):
            self._open_form(model.browse(action["res_id"]), next((view for view, kind in views if kind == "form"), False))
        elif mode == "form":
            arch = etree.fromstring(model.get_view(view_id, "form")["arch"])
            model.onchange({}, [], self._get_spec(arch, model))
        else:
            domain = action.get("domain") or []
            if isinstance(domain, str):
                domain = safe_eval(domain, {**known, "context": dict(model.env.context)})
            self._search(model, view_id, mode, domain)

    def _search(self, model, view_id, mode, domain):
        arch = etree.fromstring(model.get_view(view_id, mode)["arch"])
        if mode in ("list", "kanban"):
            model.web_search_read(domain, self._get_spec(arch, model), limit=40)
        else:
            model.formatted_read_group(domain, [], ["__count"])
