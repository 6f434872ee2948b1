import io
import struct
import tracemalloc
import zlib
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ...models.asset import scan_photo
from ...models.asset.scan_photo import MAX_BYTES, MAX_SIDE, clean_photo
from .test_scan_page import ScanCase, make_photo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><body><script>alert(1)</script></body></html>"


def make_png_claiming(width, height):
    """A valid PNG of few bytes that claims a size."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")


def make_gif_bomb():
    data = io.BytesIO()
    frames = [Image.new("P", (2000, 2000), number) for number in range(20)]
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:])
    return data.getvalue()


@tagged("post_install", "-at_install")
class TestScanPhoto(TransactionCase):
    """Photos from strangers: only pixels survive."""

    def _read(self, data):
        return Image.open(io.BytesIO(clean_photo(self.env, data)))

    def test_nothing_but_pixels_survives(self):
        exif = Image.Exif()
        exif[0x010E] = "secret"  # description
        exif[0x0112] = 6  # lies on its side
        photo = make_photo((40, 30), exif=exif, comment=b"secret", icc_profile=b"secret" * 40)
        image = self._read(photo + b"PK\x03\x04" + HTML)
        self.assertEqual((image.format, image.size), ("JPEG", (30, 40)), "turned upright")
        self.assertFalse(image.getexif())
        self.assertFalse({"comment", "icc_profile", "exif"} & image.info.keys())
        clean = clean_photo(self.env, photo + b"PK\x03\x04" + HTML)
        self.assertNotIn(b"secret", clean)
        self.assertNotIn(b"<script>", clean)

    def test_large_photos_get_smaller(self):
        self.assertEqual(max(self._read(make_photo((4000, 3000))).size), MAX_SIDE)

    def test_modes(self):
        for mode in ("L", "RGBA", "LA", "P", "1", "I;16"):
            data = io.BytesIO()
            Image.new(mode, (10, 10)).save(data, "PNG")
            with self.subTest(mode=mode):
                self.assertEqual(self._read(data.getvalue()).mode, "RGB")
        data = io.BytesIO()
        Image.new("CMYK", (10, 10)).save(data, "JPEG")
        self.assertEqual(self._read(data.getvalue()).mode, "RGB")

    def test_what_is_no_photo_is_refused(self):
        for name, data in {
            "svg": SVG, "html": HTML, "empty": b"", "zip": b"PK\x03\x04", "gif": make_gif_bomb(),
            "gif with a script": b"GIF89a/*" + b"\0" * 99 + b"*/=1;alert(1)",
            "jpeg by its first bytes": b"\xff\xd8\xff\xe0" + HTML, "png by its first bytes": b"\x89PNG\r\n\x1a\n" + HTML,
            "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "bitmap": make_photo(kind="BMP"),
            "too many bytes": b"\xff" * (MAX_BYTES + 1),
        }.items():  # fmt: skip
            with self.subTest(name), self.assertRaises(UserError):
                clean_photo(self.env, data)

    def test_as_large_as_may_be(self):
        photo = make_photo((40, 30))
        self.assertTrue(self._read(photo + b"\0" * (MAX_BYTES - len(photo))))
        with self.assertRaisesRegex(UserError, "larger than 8 MB"):
            clean_photo(self.env, photo + b"\0" * (MAX_BYTES + 1 - len(photo)))
        with patch.object(scan_photo, "MAX_PIXELS", 1200):
            self.assertTrue(self._read(photo))
            with self.assertRaisesRegex(UserError, "pixels"):
                clean_photo(self.env, make_photo((40, 31)))

    def test_bombs_are_refused_before_they_are_decoded(self):
        for side in (8000, 12000, 60000):
            bomb = make_png_claiming(side, side)
            tracemalloc.start()
            with self.subTest(side=side), self.assertRaises(UserError):
                clean_photo(self.env, bomb)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            self.assertLess(peak, 5 * 1024**2)


@tagged("post_install", "-at_install")
class TestScanUpload(ScanCase):
    """The same through the page."""

    def test_hostile_files(self):
        for number, upload in enumerate(
            (
                ("x.svg", SVG, "image/svg+xml"),
                ("photo.jpg", HTML, "image/jpeg"),
                ("../../x.jpg", make_gif_bomb(), "image/jpeg"),
                ("x.png", make_png_claiming(60000, 60000), "image/png"),
                ("x.jpg", b"\xff" * (MAX_BYTES + 1), "image/jpeg"),
            )
        ):
            with self.subTest(upload[0]):
                answer = self._send(f"Hostile {number}", photo=upload)
                self.assertEqual(answer.status_code, 422)
                self.assertIn(f"Hostile {number}", answer.text, "nothing has to be typed again")
        photo = make_photo()
        answer = self._send("Huge", photo=("x.jpg", photo + b"\0" * (MAX_BYTES + 1 - len(photo)), "image/jpeg"))
        self.assertIn("larger than 8 MB", answer.text)
        self.assertFalse(self._requests())
        self.assertFalse(self.env["ir.attachment"].search([("res_model", "=", "maintenance.request"), ("name", "like", "x.")]))
        name = '"><script>alert(1)</script>.jpg'
        self._send("Odd name", photo=(name, make_photo(), "text/html"))
        attachment = self._requests().message_ids.attachment_ids
        self.assertEqual(attachment.mimetype, "image/jpeg")
        self.assertEqual(attachment.name, self._requests().reference.replace("/", "-") + ".jpg")
        self.assertFalse(attachment.public)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http")
    def test_a_huge_body_is_not_read(self):
        csrf = self._csrf()
        answer = self.url_open(
            self.page, data={"csrf_token": csrf, "text": "Huge"}, files={"photo": ("x.jpg", b"\xff" * 50 * 1024**2)}
        )
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self._requests())
