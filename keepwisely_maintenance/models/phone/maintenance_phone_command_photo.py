import base64
import binascii
import hashlib
import io

from PIL import Image

from odoo import api, models
from odoo.exceptions import UserError

from ..asset.scan_photo import MAX_BYTES, clean_photo

#: The last chunk of a PNG; Odoo lets Pillow read a picture that was cut off, and half a name is no signature.
PNG_END = b"IEND\xaeB`\x82"

#: Bytes of a signature as it is sent, and its longest side in pixels.
MAX_SIGNATURE = 60 * 1024
MAX_SIGNATURE_SIDE = 2048


def is_size(value):
    """Whether a photo of so many bytes can be taken."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_BYTES


class MaintenancePhoneCommandPhoto(models.Model):
    """Photos and signatures. A photo is announced with the facts; its bytes follow when the signal is good enough."""

    _inherit = "maintenance.phone.command"

    # -- Photos ---------------------------------------------------------------------------------------

    @api.model
    def _do_photo(self, entry):
        if entry.values.get("task"):
            self._find_task(entry)
        if not is_size(entry.values.get("size")):
            raise UserError(self.env._("The photo is larger than %s MB; take a smaller one.", MAX_BYTES // 1024**2))
        entry.say(self.env._("The photo follows."))

    @api.model
    def _receive_photo(self, command_id, data):
        """Take the bytes of a photo that was announced, once.

        :returns: the answer for the phone, and the status of it: 404 where nothing was announced, 422 where other bytes were.
        """
        # sudo: the row is written by the system; it has to be the user's own
        row = self.sudo().search([("command_id", "=", command_id), ("user_id", "=", self.env.uid), ("kind", "=", "photo")])
        if not row:
            return {"id": command_id, "state": "unknown", "sentence": self.env._("Send the entry before its photo.")}, 404
        self._lock_row(row)
        if row.attachment_id:
            return row._read_answer(), 200
        content = row.content or {}
        if not is_size(content.get("size")):
            return row._read_answer(), 200
        # a browser without https has no hash to give
        digest = content.get("sha256") and hashlib.sha256(data).hexdigest()
        if (content.get("size"), content.get("sha256")) != (len(data), digest):
            sentence = self.env._("The photo did not arrive as it was taken; it is sent again.")
            return {"id": command_id, "state": "again", "sentence": sentence}, 422
        entry = self._read_entry_again(row)
        self._take_photo(entry, data)
        row.write({"state": entry.state, "sentence": " ".join(entry.words), "changed": entry.changed})
        return row._read_answer(), 200

    @api.model
    def _lock_row(self, row):
        """Of two uploads of one photo at once the later fails to serialise, is tried again and finds the first one's."""
        row.flush_recordset()
        self.env.cr.execute("UPDATE maintenance_phone_command SET write_date = write_date WHERE id = %s", [row.id])

    @api.model
    def _read_entry_again(self, row):
        """The entry of a row that was taken before."""
        entry = self._make_entry(row, {"kind": row.kind, "values": row.content, "version": row.version})
        # it was shown when it was announced, else the row would name no work order
        job = self.env["maintenance.request"].browse(row.maintenance_request_id.id)
        entry.shown, entry.moment = bool(job), row.moment
        entry.job = job._maintenance_as_of(row.moment, self.env.company.maintenance_phone_days)
        return entry

    @api.model
    def _take_photo(self, entry, data):
        """Put it where it belongs, or keep it with a note; what is no photo is told."""
        try:
            photo = clean_photo(self.env, data)
        except UserError as error:
            entry.state = "look"
            entry.say(str(error))
            return
        done = self._try(entry, lambda: self._attach_photo(entry, photo))
        if done is None:
            return
        entry.say(done)
        if not entry.shown:
            return
        note = self._describe_kept(entry, done)
        message = self._write_note(entry, note, attachments=[(self._name_photo(entry), photo)])
        entry.row.attachment_id = message.attachment_ids[:1]
        entry.say(self.env._("It is kept on the work order for the planner."))

    @api.model
    def _name_photo(self, entry):
        # sudo: the work order may be another team's by now
        return f"{(entry.job.sudo().reference or entry.job.sudo().name).replace('/', '-')}.jpg"

    @api.model
    def _attach_photo(self, entry, photo):
        self._check_job(entry)
        job = entry.job
        if entry.values.get("task"):
            task = self._find_task(entry)
            if task.kind == "photo":
                task.write({"photo": base64.b64encode(photo)})
                words = self.env._("Photo of “%s”", task.name)
            else:
                words = self.env._("Photo for “%s”", task.name)
        else:
            words = self.env._("Photo of the work")
        message = job.message_post(
            body=words, attachments=[(self._name_photo(entry), photo)], subtype_xmlid="mail.mt_note", date=entry.moment
        )
        entry.row.attachment_id = message.sudo().attachment_ids[:1]
        entry.changed.append(job.id)
        entry.say(self.env._("The photo is on %s.", job.display_name))

    # -- Signatures -----------------------------------------------------------------------------------

    @api.model
    def _do_signature(self, entry):
        name, picture = entry.text("name", 100), self._read_signature(entry)
        if not name:
            raise UserError(self.env._("Write the name of whoever signs."))
        job = entry.job
        task = self._find_task(entry) if entry.values.get("task") else self.env["maintenance.task"]
        if task.kind == "signature":
            task.write({"signature": base64.b64encode(picture), "note": name})
        job.message_post(
            body=self.env._("Signed by %s.", name),
            attachments=[(self._name_signature(), picture)],
            subtype_xmlid="mail.mt_note",
            date=entry.moment,
        )
        # the picture is there by now
        entry.row.content = {**entry.values, "png": None}
        entry.changed.append(job.id)
        entry.say(self.env._("%(name)s signed on %(work_order)s.", name=name, work_order=job.display_name))

    @api.model
    def _get_kept_files(self, entry):
        if entry.kind != "signature":
            return super()._get_kept_files(entry)
        try:
            return [(self._name_signature(), self._read_signature(entry))]
        except UserError:
            return None

    @api.model
    def _name_signature(self):
        # not within an f-string: Odoo finds no terms there
        return self.env._("Signature") + ".png"

    @api.model
    def _read_signature(self, entry):
        """The picture drawn anew: only pixels survive.

        :raises UserError: it is too large, or no PNG.
        """
        value = entry.values.get("png")
        refusal = UserError(self.env._("This is not a signature that can be read; sign again."))
        if not isinstance(value, str) or len(value) > MAX_SIGNATURE * 2:
            raise refusal
        try:
            data = base64.b64decode(value.rpartition(",")[2], validate=True)
            image = Image.open(io.BytesIO(data), formats=("PNG",))
            if len(data) > MAX_SIGNATURE or max(image.size) > MAX_SIGNATURE_SIDE or not data.endswith(PNG_END):
                raise refusal
            image = image.convert("RGBA")
        except (binascii.Error, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            raise refusal from None
        clean = Image.new("RGBA", image.size)
        clean.paste(image)
        result = io.BytesIO()
        clean.save(result, "PNG", optimize=True)
        return result.getvalue()
