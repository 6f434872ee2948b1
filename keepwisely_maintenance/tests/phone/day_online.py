import base64
import hashlib

from freezegun import freeze_time

from odoo.tools import plaintext2html

from ...models.asset.scan_photo import clean_photo


class DayOnline:
    """The entries of a phone done a second time at a desk, each at its moment, through the methods that the screens call."""

    def _redo_at_desk(self, rows, user, twins, photos):
        """Do what ``rows`` say once more, as ``user`` would have with a signal.

        :param rows: what a phone has sent, in its order.
        :param twins: the twin of each record that entries name; reports are added.
        :param photos: the bytes of each photo, by the hash that its entry names.
        """
        self._end_transaction()
        with freeze_time(rows[0].moment_device) as clock:
            for row in rows:
                clock.move_to(row.moment_device)
                job = twins.get(row.maintenance_request_id, row.maintenance_request_id.browse()).with_user(user)
                new = getattr(self, f"_{row.kind}_at_desk")(job, _Values(row.content or {}, self.env, twins, photos))
                if row.kind == "report":
                    twins[row.maintenance_request_id] = new.with_env(self.env)
                # each click is a request of its own
                self._end_transaction()

    def _start_at_desk(self, job, values):
        job.action_timer_start()

    def _pause_at_desk(self, job, values):
        job.action_timer_pause()

    def _hours_at_desk(self, job, values):
        hours = {"maintenance_request_id": job.id, "hours": values["minutes"] / 60, "note": values["note"]}
        job.env["maintenance.labor"].create(hours)

    def _task_at_desk(self, job, values):
        task = values.twin("maintenance.task", "task").with_env(job.env)
        task.write({{"tick": "is_done", "pass_fail": "result", "number": "value", "text": "note"}[task.kind]: values["answer"]})

    def _note_at_desk(self, job, values):
        job.message_post(body=plaintext2html(values["text"]), message_type="comment", subtype_xmlid="mail.mt_note")

    def _failure_at_desk(self, job, values):
        job.write({"work_done": values["text"]})

    def _part_used_at_desk(self, job, values):
        values.twin("stock.move", "move").with_env(job.env).quantity = values["quantity"]

    def _part_asked_at_desk(self, job, values):
        product = values.twin("product.product", "product")
        self._add_part(job, product, values["quantity"])
        job.action_request_parts(offer=False)

    def _reading_at_desk(self, job, values):
        meter = values.twin("maintenance.meter", "meter")
        job.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": values["value"]})

    def _report_at_desk(self, job, values):
        report = {
            "name": values["title"],
            "equipment_id": values.twin("maintenance.equipment", "asset").id,
            "priority": values["priority"],
        }
        if values["status"]:
            report["reported_status"] = values["status"]
        return job.create(report)

    def _photo_at_desk(self, job, values):
        photo = clean_photo(job.env, values.photos[values["sha256"]])
        job.message_post(
            body="Photo of the work", subtype_xmlid="mail.mt_note",
            attachments=[(f"{job.reference.replace('/', '-')}.jpg", photo)],
        )  # fmt: skip

    def _complete_at_desk(self, job, values):
        job.action_complete()

    # -- Photos on the phone ----------------------------------------------------------------------------

    def _read_photos(self, phone):
        """The bytes of the photos that wait, by their hash."""
        read = phone.run(
            """(async () => {
                const found = [];
                for (const {id, photo} of odoo.work.queue.entries) {
                    if (photo) {
                        const bytes = new Uint8Array(await odoo.work.vault.readPhoto(id));
                        let text = "";
                        for (let at = 0; at < bytes.length; at += 4096) {
                            text += String.fromCharCode(...bytes.subarray(at, at + 4096));
                        }
                        found.push(btoa(text));
                    }
                }
                return found;
            })()"""
        )
        contents = [base64.b64decode(text) for text in read]
        return {hashlib.sha256(content).hexdigest(): content for content in contents}


class _Values(dict):
    """What an entry says, and the twins of what it names."""

    def __init__(self, content, env, twins, photos):
        super().__init__(content)
        self.env, self.twins, self.photos = env, twins, photos

    def twin(self, model, name):
        return self.twins[self.env[model].browse(self[name])]
