"""What people and machines do when something happens: one call each, with the person who does it."""

import datetime

OPTIONS = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%Y-%m-%d", "datetime_format": "",
           "float_thousand_separator": ",", "float_decimal_separator": ".", "encoding": "utf-8"}
ASSETS = 25
READINGS = 50


class Click:
    """`prepare` is what was done before it; `act` can be called again and again, and returns what was refused."""

    def __init__(self, title, role, act, prepare=None, is_cron=False):
        self.title, self.role, self.act, self.is_cron = title, role, act, is_cron
        self.prepare = prepare or (lambda _person, _plant: None)


def _on(model, method, key):
    return lambda person, plant: person.call(model, method, plant.world[key])


def _upload(person, plant):
    """A file of assets is on the import screen."""
    lines = ["Name,Asset Number", *(f"Press {number},P-{number:03}" for number in range(ASSETS))]
    upload = {"res_model": "maintenance.equipment", "file": "\n".join(lines), "file_name": "assets.csv", "file_type": "text/csv"}
    person.upload = person.call("base_import.import", "create", upload)


def _import(person, plant):
    fields = ["name", "maintenance_number"]
    answer = person.call("base_import.import", "execute_import", [person.upload], fields, ["name", "asset number"], OPTIONS)
    return [message["message"] for message in answer["messages"] if message["type"] == "error"]


def _ingest(person, plant):
    """What a gateway sends, and sends again when it has had no answer; the last of it opens work."""
    start = datetime.datetime(2026, 1, 5)
    readings = [
        {"meter": "HEAT", "value": 90 if number == READINGS - 1 else 60, "external_id": f"r{number}",
         "date": (start + datetime.timedelta(minutes=number)).isoformat()}
        for number in range(READINGS)
    ]  # fmt: skip
    person.key = plant.world["key"]
    return person.api("maintenance.meter", "ingest_readings", readings=readings)["errors"]


CLICKS = [
    Click("a receipt", "storekeeper", _on("stock.picking", "button_validate", "receipt")),
    Click("the release of what is to be bought", "buyer", _on("maintenance.requisition", "action_order", "release")),
    Click("a decision", "procurement", _on("maintenance.requisition", "action_approve", "decision")),
    Click("the hand-out of parts", "storekeeper", _on("stock.move.line", "action_maintenance_hand_out", "hand_out")),
    Click("a completion", "technician", _on("maintenance.request", "action_complete", "completion")),
    Click("an import", "planner", _import, _upload),
    Click("the meter ingest", "planner", _ingest),
]


def run_cron(name):
    """A scheduled action, as the scheduler runs it: on cursors of its own, committed batch by batch."""

    def act(person, plant):
        answer = person.call("ir.cron", "method_direct_trigger", [plant.world["crons"][name]])
        return [] if answer is True else [answer["params"]["data"]["message"]]

    return act


def crons(plant):
    return [Click(f"the scheduled action {name}", "admin", run_cron(name), is_cron=True) for name in plant.world["crons"]]
