"""Read by Locust: people of all roles who look at lists, open records and click, as their browsers do.

What is refused with a sentence is counted apart: two people reach for the same thing all the time. Whatever else Odoo answers
with an error is an error. KW_LOAD names the file with the people, and where the figures are written.
"""

import datetime
import json
import os
import random
import re
from collections import Counter, defaultdict
from pathlib import Path

from locust import HttpUser, between, events, task

WORLD = json.loads(Path(os.environ["KW_LOAD"]).read_text())
FREE = {role: list(logins) for role, logins in WORLD["people"].items()}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
REFUSALS = re.compile(r"odoo\.exceptions\.(UserError|ValidationError|AccessError|MissingError|RedirectWarning)")
SHOWN = 20
JOB, PART, LABOR = "maintenance.request", "stock.move", "maintenance.labor"

times, refused, failed, errors = defaultdict(list), Counter(), Counter(), Counter()


class Refused(Exception):
    """With a sentence."""


class Person(HttpUser):
    abstract = True
    wait_time = between(1, 4)
    role = ""

    def on_start(self):
        self.login = FREE[self.role].pop()
        page = self.client.get("/web/login", name="log in")
        form = {"login": self.login, "password": self.login, "csrf_token": TOKEN.search(page.text)[1]}
        self.client.post("/web/login", data=form, name="log in")
        session = self._post("/web/session/get_session_info", {}, "log in")
        self.known = session["user_context"] | {"allowed_company_ids": [session["user_companies"]["current_company"]]}
        self.uid = session["uid"]

    def _post(self, route, params, name):
        with self.client.post(route, json={"jsonrpc": "2.0", "params": params}, name=name, catch_response=True) as answer:
            times[name].append(answer.elapsed.total_seconds() if answer.elapsed else 0)
            if answer.status_code == 200:
                content = answer.json()
            else:
                content = {"error": {"data": {"name": f"HTTP {answer.status_code}", "message": str(answer.error or "")}}}
            error = content.get("error")
            if not error:
                answer.success()
                return content.get("result")
            data = error.get("data") or error
            if REFUSALS.match(data.get("name", "")):
                answer.success()
                refused[name] += 1
                raise Refused(data.get("message"))
            failed[name] += 1
            told = f"{name}: {data.get('name')}: {data.get('message', '')}"
            errors[told.replace("\n", " ")[:300]] += 1
            answer.failure(told)
            raise Refused(told)

    def call(self, name, model, method, *args, **kwargs):
        """One click; nothing when it was refused."""
        params = {"model": model, "method": method, "args": args, "kwargs": {**kwargs, "context": self.known}}
        try:
            return self._post(f"/web/dataset/call_kw/{model}/{method}", params, name)
        except Refused:
            return None

    def one(self, name, model, domain, *fields):
        """Look at a list and choose one of it."""
        wanted = {field: {} for field in ("display_name", *fields)}
        found = self.call(name, model, "web_search_read", domain, wanted, limit=SHOWN, order="id desc")
        return random.choice(found["records"]) if found and found["records"] else None


class Operator(Person):
    role = "operator"
    fixed_count = len(FREE["operator"])

    @task(3)
    def report(self):
        values = {"name": "It squeals", "equipment_id": random.choice(WORLD["assets"]), "priority": random.choice("0123")}
        self.call("report", JOB, "create", [values])

    @task(2)
    def look(self):
        self.one("list: my reports", JOB, [["create_uid", "=", self.uid]], "state", "stage_id")


class Technician(Person):
    role = "technician"
    fixed_count = len(FREE["technician"])

    def job(self, *states):
        mine = [["user_id", "=", self.uid], ["state", "in", states]]
        return self.one("list: my work orders", JOB, mine, "state", "equipment_id", "parts_state")

    @task(3)
    def take(self):
        job = self.one("list: open work orders", JOB, [["state", "=", "approved"]], "state", "equipment_id")
        if job:
            self.call("take", JOB, "action_assign", [job["id"]])

    @task(3)
    def ask(self):
        job = self.job("assigned", "in_progress")
        if job:
            values = {"maintenance_request_id": job["id"], "product_id": random.choice(WORLD["parts"]),
                      "product_uom_qty": random.choice((1, 1, 2, 5))}
            if self.call("add a part", PART, "create", [values]):
                self.call("ask for parts", JOB, "action_request_parts", [job["id"]], offer=False)

    @task(3)
    def begin(self):
        job = self.job("assigned")
        if job:
            self.call("start", JOB, "action_start", [job["id"]])
            self.call("book hours", LABOR, "create", [{"maintenance_request_id": job["id"], "hours": 0.1}])

    @task(3)
    def complete(self):
        job = self.job("in_progress")
        if job:
            self.call("complete", JOB, "action_complete", [job["id"]])


class Planner(Person):
    role = "planner"
    fixed_count = len(FREE["planner"])
    wait_time = between(1, 2)

    @task(6)
    def approve(self):
        job = self.one("list: reports", JOB, [["state", "=", "requested"]], "state")
        if job:
            self.call("approve", JOB, "action_approve", [job["id"]])

    @task(2)
    def close(self):
        job = self.one("list: completed work", JOB, [["state", "=", "completed"]], "total_cost")
        if job:
            self.call("close", JOB, "action_close", [job["id"]])

    @task(1)
    def costs(self):
        by = ["equipment_id", "kind"]
        self.call("costs by asset", "maintenance.cost.report", "formatted_read_group", [], by, ["amount:sum"])

    @task(1)
    def gateway(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        readings = [{"meter": "LOAD", "value": random.randint(20, 60), "external_id": f"{self.login}-{now.timestamp()}-{number}",
                     "date": (now - datetime.timedelta(seconds=number)).isoformat()} for number in range(50)]
        self.call("50 readings", "maintenance.meter", "ingest_readings", readings)


class Buyer(Person):
    role = "buyer"
    fixed_count = len(FREE["buyer"])

    @task
    def order(self):
        requisition = self.one("list: to order", "maintenance.requisition", [["state", "=", "approved"]], "amount_total")
        if requisition:
            self.call("order", "maintenance.requisition", "action_order", [requisition["id"]])

    @task
    def confirm(self):
        order = self.one("list: quotations", "purchase.order", [["state", "in", ["draft", "sent"]]], "amount_total")
        if order:
            self.call("confirm an order", "purchase.order", "button_confirm", [order["id"]])


class Storekeeper(Person):
    role = "storekeeper"
    fixed_count = len(FREE["storekeeper"])

    @task(3)
    def receive(self):
        coming = [["state", "=", "assigned"], ["picking_type_code", "in", ["incoming", "internal"]]]
        picking = self.one("list: receipts", "stock.picking", coming, "partner_id", "scheduled_date")
        if picking:
            self.call("receive", "stock.picking", "button_validate", [picking["id"]])

    @task(1)
    def hand_out(self):
        reserved = [["state", "=", "assigned"], ["move_id.maintenance_request_id", "!=", False]]
        line = self.one("list: to hand out", "stock.move.line", reserved, "quantity", "maintenance_counter_state")
        if line:
            self.call("hand out", "stock.move.line", "action_maintenance_hand_out", [line["id"]])


class Procurement(Person):
    role = "procurement"
    fixed_count = len(FREE["procurement"])

    @task
    def decide(self):
        requisition = self.one("list: to decide", "maintenance.requisition", [["state", "=", "to_approve"]], "amount_total")
        if requisition and random.random() < 0.9:
            self.call("decide", "maintenance.requisition", "action_approve", [requisition["id"]])
        elif requisition:
            self.call("reject", "maintenance.requisition", "action_reject", [requisition["id"]], "Too dear")


class Finance(Procurement):
    role = "finance"
    fixed_count = len(FREE["finance"])

    @task
    def bill(self):
        order = self.one("list: to bill", "purchase.order", [["invoice_status", "=", "to invoice"]], "amount_total")
        if order:
            self.call("bill", "purchase.order", "action_create_invoice", [order["id"]])


@events.user_error.add_listener
def count(user_instance, exception, **_kwargs):
    errors[f"{user_instance.role}: {type(exception).__name__}: {exception}"[:300]] += 1


@events.test_stop.add_listener
def write(environment, **_kwargs):
    """Figures of each action, for the command that started this."""
    rows = {}
    for name, taken in sorted(times.items()):
        taken.sort()
        p50, p95 = (taken[len(taken) * share // 100] for share in (50, 95))
        rows[name] = {"count": len(taken), "p50": p50, "p95": p95, "refused": refused[name], "errors": failed[name]}
    for entry in environment.stats.errors.values():
        if not any(str(entry.error).startswith(f"{name}: ") for name in rows):  # no answer at all
            errors[f"{entry.name}: {entry.error}"[:300]] += entry.occurrences
    Path(os.environ["KW_LOAD"]).with_suffix(".figures").write_text(json.dumps({"rows": rows, "errors": errors}))
