"""Random work on phones: done without a signal, sent later, some of it more than once."""

import hashlib
import io
import uuid
from datetime import timedelta

from PIL import Image

from odoo import fields
from odoo.fields import Command

from .random_jobs import UNDER_WAY
from .random_step import step

#: What is done on a phone, as often as it stands here.
KINDS = (
    "start", "start", "pause", "hours", "hours", "task", "task", "note", "failure", "part_used", "part_used", "part_asked",
    "part_dropped", "reading", "report", "photo", "complete",
)  # fmt: skip

#: How many entries wait on a phone at most, and how many are sent again after they were answered.
MOST_WAITING = 12
REMEMBERED = 12

#: What is told where something of the module broke.
BROKEN = "tell your administrator"


class Phones:
    """Steps of technicians whose phones have no signal now and then; mixed into the random plant."""

    #: By user: what waits on their phone, and what was sent last with its answers.
    waiting = sent = None

    def _get_phone(self, user):
        """What waits on the phone of ``user``, and what it has sent; also in a plant of before."""
        self.waiting, self.sent = self.waiting or {}, self.sent or {}
        return self.waiting.setdefault(user.id, []), self.sent.setdefault(user.id, [])

    # -- Without a signal -------------------------------------------------------------------------------

    @step(20)
    def do_on_a_phone(self):
        user = self.hand()
        waiting, _sent = self._get_phone(user)
        if len(waiting) >= MOST_WAITING:
            self.pick([])
        on_phone = self.env["maintenance.phone"].with_user(user)._get_domain()
        kind, job = self.pick(KINDS), self.pick(self.env["maintenance.request"].with_user(user).search(on_phone))
        key = self._draw_uuid()
        values = getattr(self, f"_{kind}_on_phone", lambda job, key: {})(job, key)
        last = waiting[-1]["moment"] if waiting else ""
        moment = fields.Datetime.now() - timedelta(minutes=self.random.randint(0, 600))
        command = {
            "id": key, "kind": kind, "job": None if kind == "report" else job.id, "values": values,
            "version": job._maintenance_phone_mark("0123456789abcdef"),
            "moment": max(fields.Datetime.to_string(moment), last),
        }  # fmt: skip
        waiting.append(command)
        self.note(user, kind, job.sudo(), values)

    def _draw_uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128)))

    def _hours_on_phone(self, job, key):
        return {"minutes": 1500 if self.chance(0.1) else self.random.randint(1, 12) * 5, "note": key}

    def _task_on_phone(self, job, key):
        task = self.pick(job.task_ids)
        answers = {"tick": [True, False], "pass_fail": ["pass", "fail"], "number": [2, 3.5], "text": ["As new"]}
        return {"task": task.id, "answer": self.pick(answers[task.kind])}

    def _note_on_phone(self, job, key):
        return {"text": key}

    def _failure_on_phone(self, job, key):
        return {"text": self.pick(["Greased", "Tightened", "A new belt"])}

    def _part_used_on_phone(self, job, key):
        part = self.pick(job.sudo().part_ids) if self.chance(0.7) else self.env["stock.move"]
        product = part.product_id or self.pick(self.products)
        lot = self.pick(self.find("stock.lot", ("product_id", "=", product.id))).id if product.tracking == "serial" else None
        return {"move": part.id or None, "product": product.id, "quantity": self.random.randint(1, 4), "lot": lot}

    def _part_asked_on_phone(self, job, key):
        if self.chance(0.2):
            return {"text": "Bracket made to measure", "quantity": 1}
        return {"product": self.pick(self.products).id, "quantity": self.random.randint(1, 5)}

    def _part_dropped_on_phone(self, job, key):
        return {"move": self.pick(job.sudo().part_ids).id}

    def _reading_on_phone(self, job, key):
        meter = self.pick(self.find("maintenance.meter", ("equipment_id", "in", self.assets.ids)))
        return {"meter": meter.id, "value": self.random.randint(0, 500)}

    def _report_on_phone(self, job, key):
        return {"asset": self.pick(self.assets).id, "title": "From a phone", "text": key, "priority": self.pick("0123")}

    def _photo_on_phone(self, job, key):
        photo = self._draw_photo(key)
        return {"size": len(photo), "sha256": hashlib.sha256(photo).hexdigest(), "mimetype": "image/png"}

    @staticmethod
    def _draw_photo(key):
        """A picture that is there once: its colour is that of the entry."""
        file = io.BytesIO()
        Image.new("RGB", (8, 8), f"#{key[:6]}").save(file, "PNG")
        return file.getvalue()

    @step(2)
    def prepare_for_phones(self):
        """A planner adds what is answered and read on phones."""
        if self.chance(0.7):
            request = self.pick(self.jobs(*UNDER_WAY))
            kind = self.pick(["tick", "pass_fail", "number", "text"])
            self.note(request, kind)
            request.with_user(self.planner).task_ids = [Command.create({"name": f"Step {self.number}", "kind": kind})]
        else:
            asset = self.pick(self.assets.filtered(lambda asset: not asset.meter_ids))
            self.note("meter of", asset)
            values = {"name": "Heat", "code": f"HEAT {self.number}", "equipment_id": asset.id, "kind": "gauge"}
            self.env["maintenance.meter"].with_user(self.planner).create(values)

    # -- With a signal ----------------------------------------------------------------------------------

    @step(6)
    def send_from_a_phone(self):
        """In order, as much as gets through; an answer gets lost now and then, and the same is sent again."""
        user = self.pick([each for each in (self.technician, self.colleague) if self._get_phone(each)[0]])
        waiting, sent = self._get_phone(user)
        commands = waiting[: self.random.randint(1, len(waiting))]
        again = [command for command, _answer in sent if self.chance(0.3)]
        self.note(user, *(command["kind"] for command in commands), "and again", len(again))
        first = self._send_as(user, [*again, *commands])
        if self.chance(0.4):
            repeat = self._send_as(user, commands)
            assert repeat == first[len(again) :], f"sent again, and answered otherwise: {repeat} for {first[len(again):]}"
        told = {command["id"]: answer for command, answer in sent}
        for answer in first[: len(again)]:
            before = told[answer["id"]]
            # the bytes of a photo are told of in its own answer
            assert answer == before or answer["id"] in self._photos(sent), f"answered otherwise: {answer} for {before}"
        for command, answer in zip(commands, first[len(again) :], strict=True):
            self.note(answer["state"], answer["sentence"])
            assert answer["id"] == command["id"] and answer["state"] in ("sent", "look"), f"{command}: {answer}"
            assert BROKEN not in answer["sentence"], f"{command} breaks"
        self.waiting[user.id] = waiting[len(commands) :]
        self.sent[user.id] = [*sent, *zip(commands, first[len(again) :], strict=True)][-REMEMBERED:]

    def _photos(self, sent):
        return {command["id"] for command, _answer in sent if command["kind"] == "photo"}

    def _send_as(self, user, commands):
        rows = self.env["maintenance.phone.command"].with_user(user)
        answers = rows._receive(fields.Datetime.to_string(fields.Datetime.now()), commands)
        self._end_request()
        self.env.invalidate_all()
        return answers

    @step(2)
    def upload_from_a_phone(self):
        user = self.hand()
        photos = self._photos(self._get_phone(user)[1])
        key = self.pick(sorted(photos))
        self.note(user, key)
        rows = self.env["maintenance.phone.command"].with_user(user)
        answers = [rows._receive_photo(key, self._draw_photo(key)) for _time in range(self.pick([1, 2]))]
        assert all(answer == answers[0] for answer in answers), f"uploaded again, and answered otherwise: {answers}"
        assert answers[0][1] == 200 and BROKEN not in answers[0][0]["sentence"], f"{key}: {answers[0]}"

    # -- What must hold ---------------------------------------------------------------------------------

    def check_that_what_phones_sent_is_there_once(self, full):
        """Each entry has one row; what was taken is there once, and what was not taken is kept once, in a note."""
        told = {key for entries in (self.sent or {}).values() for key in [command["id"] for command, _answer in entries]}
        rows = self.recent("maintenance.phone.command", full)
        known = set(rows.mapped("command_id"))
        if full:
            assert told <= known, f"answered, and not known: {told - known}"
        for row in rows:
            found = self._count_of(row)
            if found is not None:
                wanted = 1 if row.state == "sent" or row.kind == "note" else 0
                assert found == wanted, f"{row.kind} {row.command_id} is {row.state}, and there {found} times: {row.sentence}"

    def _count_of(self, row):
        """How often what an entry has done is there; None where that is not to be seen."""
        counted = {
            "hours": ("maintenance.labor", "note"),
            "report": ("maintenance.request", "description"),
            "reading": ("maintenance.meter.reading", "external_id"),
        }
        if row.kind in counted:
            model, name = counted[row.kind]
            return self.env[model].with_context(active_test=False).search_count([(name, "like", row.command_id)])
        if row.kind == "note":
            [found] = self.rows(
                "SELECT COUNT(*) AS n FROM mail_message WHERE model = 'maintenance.request' AND body LIKE %s",
                f"%{row.command_id}%",
            )
            return found["n"]
        return None
