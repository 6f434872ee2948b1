from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

#: Documents of a job and its asset, the newest first.
MAX_DOCUMENTS = 30

#: Whose documents a phone is given, and the field of a work order that holds one.
OWNERS = ("maintenance.request", "maintenance.equipment")
INSTRUCTIONS = "instruction_pdf"

#: What a phone can show.
SHOWN = ("application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp", "text/plain")


class MaintenancePhoneDocument(models.AbstractModel):
    """Documents of work orders and their assets, up to the size that the company says."""

    _inherit = "maintenance.phone"

    @api.model
    def _get_document_domain(self):
        most = self.env.company.maintenance_phone_document_mb * 1024**2
        shown = Domain("type", "=", "binary") & Domain("mimetype", "in", SHOWN) & Domain("file_size", "<=", most)
        return shown & Domain("res_field", "in", (False, INSTRUCTIONS)) & Domain("res_model", "in", OWNERS)

    @api.model
    def _describe_documents(self, jobs):
        """Of each job (a dict by record) its documents and those of its asset."""
        assets = jobs.equipment_id
        of_jobs = Domain("res_model", "=", "maintenance.request") & Domain("res_id", "in", jobs.ids)
        of_assets = Domain("res_model", "=", "maintenance.equipment") & Domain("res_id", "in", assets.ids)
        # sudo: the user reads these jobs and their assets, and what hangs on them
        found = self.env["ir.attachment"].sudo().search_fetch(
            self._get_document_domain() & (of_jobs | of_assets),
            ["name", "mimetype", "file_size", "checksum", "res_model", "res_id", "res_field"],
            order="id desc",
        )
        by_owner = defaultdict(list)
        for attachment in found:
            by_owner[attachment.res_model, attachment.res_id].append(self._describe_document(attachment))
        return {
            job: [*by_owner["maintenance.request", job.id], *by_owner["maintenance.equipment", job.equipment_id.id]][
                :MAX_DOCUMENTS
            ]
            for job in jobs
        }

    @api.model
    def _describe_document(self, attachment):
        name = self.env._("Instructions.pdf") if attachment.res_field == INSTRUCTIONS else attachment.name
        return {
            "id": attachment.id,
            "name": name,
            "mimetype": attachment.mimetype,
            "size": attachment.file_size,
            "version": attachment.checksum,
        }

    @api.model
    def _find_document(self, attachment_id):
        """The attachment with superuser rights, where it is one that `_describe_documents` may give to the user; else none."""
        # sudo: whether the user may have it is asked of the work order or asset that it hangs on
        attachments = self.env["ir.attachment"].sudo()
        found = attachments.search(self._get_document_domain() & Domain("id", "=", attachment_id), limit=1)
        owner = found and self.env[found.res_model].browse(found.res_id).exists()
        return found if owner and owner.has_access("read") else attachments
