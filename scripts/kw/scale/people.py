"""People of all roles and a gateway, who click on two machines at once; when theirs is gone they go on at the other one."""

import datetime
import itertools
import random
import threading
import time
from collections import Counter

import requests

from ..matrix_client import Person, Refused

JOB, PART, LABOR, REQUISITION, ORDER, PICKING = (
    "maintenance.request", "stock.move", "maintenance.labor", "maintenance.requisition", "purchase.order", "stock.picking")
SENTENCE = "odoo.exceptions."  # what begins so was refused with one
READINGS = 20


class Crowd:
    """Everybody who works, what they did, and what they were told."""

    def __init__(self, machines, world):
        self.machines, self.world = machines, world
        self.over = threading.Event()
        self.numbers = itertools.count()
        self.acknowledged, self.unsure, self.readings = set(), set(), set()
        self.clicks, self.refused, self.errors, self.moves = Counter(), Counter(), [], 0
        self.people = [worker(self, machine) for machine in machines for worker in (
            Operator, Technician, Technician, Planner, Buyer, Storekeeper, Procurement, Finance)]
        self.people += [Gateway(self, machines[0]), Gateway(self, machines[1])]
        self._threads = [threading.Thread(target=worker.work) for worker in self.people]

    def start(self):
        for worker in self.people:
            worker.log_in()
        for thread in self._threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self._threads:
            thread.join()


class Worker(Person):
    role, pause = "", 0.4

    def __init__(self, crowd, machine):
        self.crowd, self.machine = crowd, machine
        login = f"plant_{self.role}"
        super().__init__(machine.address, login, login, key=crowd.world["key"])
        self.tasks = [getattr(self, name) for name in dir(self) if name.startswith("do_")]

    def work(self):
        while not self.crowd.over.wait(random.uniform(0, 2 * self.pause)):
            task = random.choice(self.tasks)
            title = f"{self.role or 'gateway'}: {task.__name__.removeprefix('do_')}"
            try:
                task()
                self.crowd.clicks[title] += 1
            except Refused as refusal:
                self.crowd.refused[title] += 1
                if not str(refusal).startswith(SENTENCE):
                    self.crowd.errors.append(f"{title}: {refusal}")
            except requests.RequestException:
                self.move()
            except Exception as error:  # a thread that dies would be nobody's
                self.crowd.errors.append(f"{title}: {error!r}")

    def move(self):
        """The machine does not answer: its sessions lie on the other one as well."""
        self.machine = next(machine for machine in self.crowd.machines if machine is not self.machine)
        self.address = self.machine.address
        self.crowd.moves += 1
        time.sleep(1)

    def one(self, model, domain, *fields):
        wanted = {field: {} for field in ("display_name", *fields)}
        found = self.call(model, "web_search_read", domain, wanted, limit=10, order="id desc")["records"]
        return random.choice(found)["id"] if found else None

    def press(self, model, method, domain):
        chosen = self.one(model, domain)
        if chosen:
            self.call(model, method, [chosen])


class Operator(Worker):
    role = "operator"

    def do_report(self):
        """Whoever gets no answer looks whether the report is there, and sends it again if not."""
        name = f"scale {next(self.crowd.numbers)}"
        self.crowd.unsure.add(name)
        for _time in range(3):
            try:
                self.call(JOB, "create", [{"name": name, "equipment_id": self.crowd.world["asset_id"]}])
                break
            except requests.RequestException:
                self.move()
                if self.call(JOB, "search_count", [["name", "=", name]]):
                    break
        else:
            return
        self.crowd.acknowledged.add(name)

    def do_look(self):
        self.one(JOB, [["create_uid", "=", self.context["uid"]]], "state", "stage_id")


class Technician(Worker):
    role = "technician"

    def mine(self, *states):
        return [["user_id", "=", self.context["uid"]], ["state", "in", states]]

    def do_take(self):
        self.press(JOB, "action_assign", [["state", "=", "approved"], ["name", "like", "scale"]])

    def do_ask(self):
        job = self.one(JOB, self.mine("assigned", "in_progress"), "parts_state")
        if job:
            part = self.call("product.product", "maintenance_find_parts", "", job_id=job)["parts"][0]["id"]
            self.call(PART, "create", [{"maintenance_request_id": job, "product_id": part, "product_uom_qty": 2}])
            self.call(JOB, "action_request_parts", [job], offer=False)

    def do_start(self):
        self.press(JOB, "action_start", self.mine("assigned"))

    def do_book(self):
        job = self.one(JOB, self.mine("in_progress"))
        if job:
            self.call(LABOR, "create", [{"maintenance_request_id": job, "hours": 0.1}])

    def do_complete(self):
        self.press(JOB, "action_complete", self.mine("in_progress"))


class Planner(Worker):
    role, pause = "planner", 0.2

    def do_approve(self):
        self.press(JOB, "action_approve", [["state", "=", "requested"]])

    def do_close(self):
        self.press(JOB, "action_close", [["state", "=", "completed"]])

    def do_week(self):
        self.call(JOB, "maintenance_get_week")

    def do_costs(self):
        self.call("maintenance.cost.report", "formatted_read_group", [], ["equipment_id", "kind"], ["amount:sum"])


class Buyer(Worker):
    role = "buyer"

    def do_order(self):
        self.press(REQUISITION, "action_order", [["state", "=", "approved"]])

    def do_confirm(self):
        self.press(ORDER, "button_confirm", [["state", "in", ["draft", "sent"]]])


class Storekeeper(Worker):
    role = "storekeeper"

    def do_receive(self):
        coming = [["state", "=", "assigned"], ["picking_type_code", "in", ["incoming", "internal"]]]
        self.press(PICKING, "button_validate", coming)

    def do_hand_out(self):
        reserved = [["state", "=", "assigned"], ["move_id.maintenance_request_id", "!=", False]]
        self.press("stock.move.line", "action_maintenance_hand_out", reserved)


class Procurement(Worker):
    role = "procurement"

    def do_decide(self):
        self.press(REQUISITION, "action_approve", [["state", "=", "to_approve"]])


class Finance(Procurement):
    role = "finance"

    def do_bill(self):
        self.press(ORDER, "action_create_invoice", [["invoice_status", "=", "to invoice"]])


class Gateway(Worker):
    """Sends each batch to one machine and at once to the other one, as programs do that had no answer."""

    role, pause = "", 0.5

    def log_in(self):
        """It has a key."""

    def do_send(self):
        now, names = datetime.datetime.now(datetime.timezone.utc), []
        batch = []
        for number in range(READINGS):
            names.append(f"scale {next(self.crowd.numbers)}")
            moment = (now - datetime.timedelta(seconds=number)).isoformat()
            batch.append({"meter": "HEAT", "value": random.randint(20, 60), "external_id": names[-1], "date": moment})
        for _time in range(2):
            try:
                answer = self.api("maintenance.meter", "ingest_readings", readings=batch)
                if answer["errors"]:
                    self.crowd.errors.append(f"gateway: {answer['errors'][0]}")
                self.crowd.readings.update(names)
            except requests.RequestException:
                pass
            self.address = next(machine.address for machine in self.crowd.machines if machine.address != self.address)
