"""Presses what somebody sees on a form, as the web client would, and says what is refused."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tools.safe_eval import safe_eval

class _RollBack(Exception):
    pass


class PressedButtons:
    """The buttons of one form as one user meets them."""

    def __init__(self, user, view=None):
        self.user = user
        self.view = view
        self.faults, self.refusals, self.pressed = [], [], 0

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
                self.pressed += 1
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
        within = None
        for parent in (node, *node.iterancestors()):
            if parent.tag == "field":
                return False  # buttons in rows have a walk of their own
            if parent.tag == "t" and parent.get("t-name"):
                return False
            condition = parent.get("invisible")
            if condition and self._evaluate(condition, values):
                return False
            within = parent
        return within is not None and node.get("special") is None and bool(node.get("name"))

    def _evaluate(self, expression, values):
        known = {
            name: value["id"] if isinstance(value, dict) else value for name, value in values.items()
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
                    action = env["ir.actions.actions"].sudo()._for_xml_id(
                        env["ir.actions.actions"].sudo().browse(int(node.get("name"))).get_external_id()[int(node.get("name"))]
                    )
                if isinstance(action, dict):
                    self._open_action(record, action)
                env.flush_all()
                raise _RollBack
        except _RollBack:
            pass
        except AccessError as error:
            self.faults.append(f"{where}: {' '.join(str(error).split())[:300]}")
        except UserError as error:
            self.refusals.append(f"{where}: {' '.join(str(error).split())[:300]}")
        env.invalidate_all()

    def _open_action(self, record, action):
        """Show what a button leads to."""
        if action.get("type") != "ir.actions.act_window":
            return
        active = {"active_id": record.id, "active_ids": record.ids, "active_model": record._name}
        context = action.get("context") or {}
        if isinstance(context, str):
            context = safe_eval(context, {**active, "uid": self.user.id, "context": {**record.env.context, **active}})
        model = record.env[action["res_model"]].with_context(**{**active, **context})
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
                domain = safe_eval(domain, {**active, "uid": self.user.id, "context": {**record.env.context, **active, **context}})
            self._search(model, view_id, mode, domain)

    def _search(self, model, view_id, mode, domain):
        arch = etree.fromstring(model.get_view(view_id, mode)["arch"])
        if mode in ("list", "kanban"):
            model.web_search_read(domain, self._get_spec(arch, model), limit=40)
        else:
            model.formatted_read_group(domain, [], ["__count"])
