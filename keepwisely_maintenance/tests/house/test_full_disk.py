import builtins
import errno
import os
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models import ir_attachment


@tagged("post_install", "-at_install")
class TestFullDisk(TransactionCase):
    """A photo that there was no room for is refused, and taken when there is."""

    def test_the_same_photo_is_taken_later(self):
        photo = os.urandom(50_000)

        def has_no_room(path, mode="r", *args, **kwargs):
            if "w" not in mode:
                return builtins.open(path, mode, *args, **kwargs)
            with builtins.open(path, mode, *args, **kwargs) as file:
                file.write(photo[:1000])
            raise OSError(errno.ENOSPC, "No space left on device", path)

        with patch.object(ir_attachment, "open", has_no_room, create=True), self.assertRaises(OSError):
            self.env["ir.attachment"].create({"name": "photo.png", "raw": photo})
        attachment = self.env["ir.attachment"].create({"name": "photo.png", "raw": photo})
        attachment.invalidate_recordset()
        self.assertEqual(attachment.raw, photo)
