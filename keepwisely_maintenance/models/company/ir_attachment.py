import contextlib
import os

from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """Nothing stays of a file that the disk had no room for.

        Natively half of it stays, and the same photo is refused ever after, as one that collides with it.
        """
        path = self._get_path(bin_value, checksum)[1]
        was_there = os.path.exists(path)
        try:
            return super()._file_write(bin_value, checksum)
        except OSError:
            if not was_there:
                with contextlib.suppress(OSError):
                    os.unlink(path)
            raise
