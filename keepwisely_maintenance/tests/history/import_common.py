from odoo.tests import new_test_user

from .history_common import FLAG, HistoryCase

#: What the import screen sends before anybody has chosen anything.
SCREEN = {
    "advanced": True, "date_format": "", "datetime_format": "", "encoding": "", "fallback_values": {},
    "float_decimal_separator": ".", "float_thousand_separator": ",", "has_headers": True, "import_set_empty_fields": [],
    "import_skip_records": [], "keep_matches": False, "limit": 2000, "name_create_enabled_fields": {}, "quoting": '"',
    "separator": "", "sheet": "", "sheets": [], "skip": 0, "tracking_disable": True,
}  # fmt: skip

SPARE_PARTS = {"default_is_spare_part": True}


class ImportCase(HistoryCase):
    """Files as a user brings them in: through the import screen, mapped by their headings, as a role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(
            cls.env, login="kw_mover_stock", groups="stock.group_stock_manager,product.group_product_manager", tz="UTC"
        )
        cls.env["maintenance.equipment.category"].create({"name": "Mill"})
        cls.env["stock.location"].with_context(maintenance_new_place=True).create({"name": "Mill house", "barcode": "MH"})

    def _upload(self, model, content, user=None, **context):
        """A file in the import screen of somebody."""
        data = content if isinstance(content, bytes) else content.encode()
        name, kind = ("file.csv", "text/csv")
        if data[:2] == b"PK":
            name, kind = "file.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        imports = self.env["base_import.import"].with_user(user or self.mover).with_context(lang="en_US", **context)
        return imports.create({"res_model": model, "file": data, "file_name": name, "file_type": kind})

    def _map(self, upload, **options):
        """The columns as the screen proposes them, and its options."""
        preview = upload.parse_preview({**SCREEN, **options})
        self.assertNotIn("error", preview)
        matches = preview["matches"] or {}
        paths = ["/".join(matches[place]) if place in matches else False for place in range(len(preview["headers"]))]
        proposed = {key: preview["options"].get(key, SCREEN[key]) for key in SCREEN}
        return preview["headers"], paths, {**proposed, **options}

    def _import(self, model, content, user=None, context=None, dryrun=False, **options):
        """What the screen answers when a file is tested or imported with its proposals."""
        upload = self._upload(model, content, user, **(context or {}))
        headers, paths, options = self._map(upload, **options)
        result = upload.execute_import(paths, [header.lower() for header in headers], options, dryrun=dryrun)
        self.env.invalidate_all()
        return result

    def _import_past(self, content, **options):
        return self._import("maintenance.request", content, context=FLAG, **options)

    def _bad(self, result):
        """Rows that cannot be, with their reasons."""
        return {line["row"]: " ".join(line["reasons"]) for line in result["maintenance"]["bad"]}

    def _assert_bad(self, result, expected):
        """Exactly these rows are told, each with words of its reason."""
        bad = self._bad(result)
        self.assertEqual(sorted(bad), sorted(expected), bad)
        for row, words in expected.items():
            self.assertIn(words, bad[row])
