"""What people and machines do when something happens: one call each, with the person who does it."""

import datetime
import hashlib
import io
import uuid

from PIL import Image

OPTIONS = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%Y-%m-%d", "datetime_format": "",
           "float_thousand_separator": ",", "float_decimal_separator": ".", "encoding": "utf-8"}
ASSETS = 25
READINGS = 50


class Click:
    """`prepare` is what was done before it; `act` can be called again and again, and returns what was refused.

    Of one that `is_known_again` not even what was committed before may be refused.
    """

    def __init__(self, title, role, act, prepare=None, is_cron=False, is_known_again=False):
        self.title, self.role, self.act, self.is_cron, self.is_known_again = title, role, act, is_cron, is_known_again
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


PHOTO_PIXELS = 40


def _tell(person, plant):
    """What waits on a phone, in one go: the work of some hours without a signal, with a report and the words of a photo."""
    world, photo = plant.world["phone"], _photo()
    job, now = world["job"], datetime.datetime.now(datetime.UTC)
    done = [
        ("start", job, {}),
        *(("task", job, {"task": task, "answer": True}) for task in world["tasks"]),
        ("part_used", job, {"move": world["part"], "quantity": 2}),
        ("reading", job, {"meter": world["meter"], "value": 70}),
        ("note", job, {"text": "Runs hot"}),
        ("failure", job, {"text": "Greased"}),
        ("pause", job, {}),
        ("hours", job, {"minutes": 30}),
        ("report", None, {"asset": world["asset"], "title": "The guard is loose"}),
        ("part_asked", world["other"], {"product": world["product"], "quantity": 3}),
        ("photo", job, {"size": len(photo), "sha256": hashlib.sha256(photo).hexdigest(), "mimetype": "image/png"}),
        ("complete", job, {}),
    ]
    commands = [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))), "kind": kind, "job": job, "values": values,
            "moment": f"{now - datetime.timedelta(minutes=3 * (len(done) - number)):%Y-%m-%d %H:%M:%S}",
        }
        for number, (kind, job, values) in enumerate(done)
    ]  # fmt: skip
    person.photo = next(command["id"] for command in commands if command["kind"] == "photo")
    sent = person.rpc("/maintenance/work/send", now=f"{now:%Y-%m-%d %H:%M:%S}", commands=commands)
    return [answer["sentence"] for answer in sent["answers"] if answer["state"] != "sent"]


def _photo():
    file = io.BytesIO()
    Image.new("RGB", (PHOTO_PIXELS, PHOTO_PIXELS), "red").save(file, "PNG")
    return file.getvalue()


def _announce_photo(person, plant):
    _tell(person, plant)
    person.csrf = person.rpc("/maintenance/work/data")["csrf"]


def _upload_photo(person, plant):
    form, file = {"csrf_token": person.csrf, "id": person.photo}, {"file": ("photo.png", _photo())}
    answer = person.web.post(f"{person.address}/maintenance/work/photo", data=form, files=file, timeout=300).json()
    return [] if answer["state"] == "sent" else [answer["sentence"]]


CLICKS = [
    Click("a receipt", "storekeeper", _on("stock.picking", "button_validate", "receipt")),
    Click("the release of what is to be bought", "buyer", _on("maintenance.requisition", "action_order", "release")),
    Click("a decision", "procurement", _on("maintenance.requisition", "action_approve", "decision")),
    Click("the hand-out of parts", "storekeeper", _on("stock.move.line", "action_maintenance_hand_out", "hand_out")),
    Click("a completion", "technician", _on("maintenance.request", "action_complete", "completion")),
    Click("an import", "planner", _import, _upload),
    Click("the meter ingest", "planner", _ingest),
    Click("the entries of a phone", "technician", _tell, is_known_again=True),
    Click("a photo of a phone", "technician", _upload_photo, _announce_photo, is_known_again=True),
]


def run_cron(name):
    """A scheduled action, as the scheduler runs it: on cursors of its own, committed batch by batch."""

    def act(person, plant):
        answer = person.call("ir.cron", "method_direct_trigger", [plant.world["crons"][name]])
        return [] if answer is True else [answer["params"]["data"]["message"]]

    return act


def crons(plant):
    return [Click(f"the scheduled action {name}", "admin", run_cron(name), is_cron=True) for name in plant.world["crons"]]
