"""What a person's browser asks of a running Odoo, without the browser: login, menus, actions, views, records; and /json/2."""

import datetime
import re
import time
from urllib.parse import urlparse

import requests
from dateutil.relativedelta import relativedelta
from lxml import etree

SHOWN = 10  # records of a list: enough to compute every column
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
UNREAD = "cannot evaluate"  # a fault of this client: never forgiven because it comes without our module as well
NESTED = ("list", "kanban", "form")


class Refused(Exception):
    """Odoo answered with an error; the text has its last lines."""


class Person:
    def __init__(self, address, login, password, key=None):
        self.address, self.login, self.password, self.key = address, login, password, key
        self.web = requests.Session()
        self.context = {}

    def log_in(self):
        page = self.web.get(f"{self.address}/web/login", timeout=300)
        token = TOKEN.search(page.text)
        if page.status_code != 200 or not token:
            raise Refused(f"/web/login answers {page.status_code}")
        form = {"login": self.login, "password": self.password, "csrf_token": token[1]}
        answer = self.web.post(f"{self.address}/web/login", data=form, timeout=300)
        if answer.status_code != 200 or not urlparse(answer.url).path.startswith("/odoo"):
            raise Refused(f"{self.login} is not let in: {answer.status_code} at {answer.url}")
        session = self.rpc("/web/session/get_session_info")
        company = session["user_companies"]["current_company"]
        self.context = session["user_context"] | {"allowed_company_ids": [company]}

    def rpc(self, route, **params):
        answer = self.web.post(f"{self.address}{route}", json={"jsonrpc": "2.0", "params": params}, timeout=300)
        if answer.status_code != 200:
            raise Refused(f"{route} answers {answer.status_code}")
        content = answer.json()
        if "error" in content:
            raise Refused(_error(content["error"].get("data") or content["error"]))
        return content.get("result")

    def call(self, model, method, *args, context=None, **kwargs):
        """As the web client calls methods of models."""
        kwargs["context"] = self.context | (context or {})
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=args, kwargs=kwargs)

    def api(self, model, method, ids=(), **kwargs):
        """As other programs call them, with the person's API key."""
        answer = self.web.post(
            f"{self.address}/json/2/{model}/{method}", json={"ids": list(ids), **kwargs},
            headers={"Authorization": f"bearer {self.key}"}, timeout=300)
        if answer.status_code != 200:
            raise Refused(f"{model}.{method} as {self.login}: {_error(answer.json())}")
        return answer.json()

    def menus(self):
        """Every menu with an action: (its name with those above it, model of the action, id of the action)."""
        menus = self.web.get(f"{self.address}/web/webclient/load_menus", timeout=300).json()
        found = {}

        def walk(menu, above):
            name = f"{above} / {menu['name']}" if above else menu["name"]
            if menu["actionID"]:
                found[menu["actionID"]] = (name, menu["actionModel"])
            for child in menu["children"]:
                walk(menus[str(child)], name)

        for child in menus["root"]["children"]:
            walk(menus[str(child)], "")
        return [(name, model, action) for action, (name, model) in found.items()]

    def open_menus(self):
        """Open them all, with every view; returns (how many, what failed)."""
        failures, menus = [], self.menus()
        for name, model, action_id in menus:
            try:
                self.open(model, action_id)
            except (Refused, OSError) as refused:
                failures.append(f"{self.login}, menu {name}: {refused}")
        return len(menus), failures

    def open(self, model, action_id):
        """What a menu leads to, with every view."""
        route = "/web/action/run" if model == "ir.actions.server" else "/web/action/load"
        action = self.rpc(route, action_id=action_id, context=self.context)
        if action and action["type"] == "ir.actions.act_window":
            self._open_window(action)

    def _open_window(self, action):
        model = action["res_model"]
        context = self._evaluate(action["context"], {})
        domain = self._evaluate(action["domain"], [], context)
        views = [*action["views"], [(action.get("search_view_id") or [False])[0], "search"]]
        options = {"action_id": action.get("id"), "load_filters": True, "toolbar": True}
        answer = self.call(model, "get_views", views=views, options=options, context=context)
        models = {name: details["fields"] for name, details in answer["models"].items()}
        archs = {kind: etree.fromstring(view["arch"]) for kind, view in answer["views"].items()}
        shown_first = action["views"][0][1]
        record = action.get("res_id")
        for kind in ("list", "kanban"):
            if kind in archs:
                shown = self.call(model, "web_search_read", domain, _specification(archs[kind], models[model], models),
                                  limit=SHOWN, context=context)["records"]
                record = record or (shown[0]["id"] if shown else False)
        for kind in ("pivot", "graph"):
            if kind in archs:
                groupby, aggregates = _grouping(archs[kind], models[model])
                self.call(model, "formatted_read_group", domain, groupby, aggregates, context=context)
        if "form" in archs:
            fields = _specification(archs["form"], models[model], models)
            if record:
                self.call(model, "web_read", [record], fields, context=context)
            elif shown_first == "form":
                self.call(model, "onchange", [], {}, [], fields, context=context)

    def _evaluate(self, text, default, context=None):
        """A domain or context as the web client's Python would have it; `context` is that of the domain's action."""
        if not isinstance(text, str):
            return text or default
        today = datetime.date.today()
        names = {
            **self.context, "context": self.context, "context_today": datetime.date.today, "current_date": str(today),
            "datetime": datetime, "time": time, "relativedelta": relativedelta, "active_id": False, "active_ids": [],
            "companies": _Companies(), **(context or {}),
        }
        try:
            return eval(text.strip() or "None", {"__builtins__": {}}, names) or default  # text of installed modules
        except Exception as error:
            raise Refused(f"{UNREAD} {text}: {error}") from None


class _Companies:
    active_ids: list = []

    @staticmethod
    def has(*_args):
        return False


def _error(data):
    text = f"{data.get('name', '')}: {data.get('message', '')}".replace("\n", " ")
    trace = [line for line in (data.get("debug") or "").strip().splitlines() if line.strip().startswith("File ")]
    return text + "".join(f"\n      {line.strip()}" for line in trace[-2:] if "AccessError" not in text)


def _specification(arch, fields, models):
    """The fields that a view reads, as web_read and web_search_read want them."""
    wanted = {}
    for node in arch.iter("field"):
        name = node.get("name")
        if name not in fields or any(above.tag == "field" for above in _between(node, arch)):
            continue
        field = fields[name]
        if field["type"] in ("many2one", "reference"):
            wanted[name] = {"fields": {"display_name": {}}}
        elif field["type"] in ("one2many", "many2many"):
            inside = models.get(field["relation"], {})
            view = next((child for child in node if child.tag in NESTED), None)
            inner = _specification(view, inside, models) if view is not None else {}
            wanted[name] = {"fields": inner or {"display_name": {}}, "limit": SHOWN}
        else:
            wanted[name] = {}
    return wanted


def _between(node, arch):
    for above in node.iterancestors():
        if above is arch:
            return
        yield above


def _grouping(arch, fields):
    groupby, aggregates = [], ["__count"]
    for node in arch.iter("field"):
        name, role, invisible = node.get("name"), node.get("type"), node.get("invisible")
        if name not in fields or invisible in ("1", "True"):
            continue
        if role == "measure":
            if fields[name].get("aggregator"):
                aggregates.append(f"{name}:{fields[name]['aggregator']}")
        elif fields[name].get("groupable"):
            when = f":{node.get('interval', 'month')}" if fields[name]["type"] in ("date", "datetime") else ""
            groupby.append(name + when)
    return groupby, aggregates
