from base64 import b64decode, b64encode

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.history.cobie_book import CobieBook
from ...models.history.cobie_jobs import CobieMove
from ...report.workbook import Column, Workbook

#: What is said of the rows of a sheet.
COUNTS = ("rows", "made", "known", "details", "refused", "left")


class MaintenanceCobieImport(models.TransientModel):
    """Brings in a building by its COBie workbook; first it says what will come in and what will not."""

    _name = "maintenance.cobie.import"
    _description = "Bring In a COBie Workbook"

    content = fields.Binary("Workbook", attachment=False, help="A COBie workbook (.xlsx).")
    filename = fields.Char()
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    skip_bad = fields.Boolean(
        "Leave out the bad rows", help="What is good comes in without them. They can be brought in later: nothing comes in twice."
    )
    state = fields.Selection(
        [("draft", "Choose"), ("checked", "Checked"), ("done", "Brought in")], default="draft", readonly=True
    )
    sheet_ids = fields.One2many("maintenance.cobie.sheet", "import_id", "Sheets", readonly=True)
    finding_ids = fields.One2many("maintenance.cobie.finding", "import_id", "Findings", readonly=True)
    refused_count = fields.Integer("Bad rows", readonly=True)
    unread_sheets = fields.Char("Sheets that are not read", readonly=True)
    report = fields.Binary("Workbook of these rows", readonly=True, attachment=False)

    @api.onchange("content", "company_id")
    def _onchange_content(self):
        """What was said is about another workbook."""
        self.state = "draft"

    # -- Actions ------------------------------------------------------------------------------------------

    def action_check(self):
        """Try it and take everything back.

        :raises UserError: it is no workbook that can be read.
        """
        self.ensure_one()
        self._run(keep=False)
        return self._reopen()

    def action_bring_in(self):
        """Bring in what is good; nothing at all while rows are bad, unless they are to be left out.

        :raises UserError: it is no workbook that can be read.
        """
        self.ensure_one()
        self._run(keep=True)
        return self._reopen()

    def action_download(self):
        """All that was said, as a workbook."""
        self.ensure_one()
        title = self.env._("COBie: rows to look at")
        columns = [
            Column(self.env._("Sheet"), width=14), Column(self.env._("Row"), "integer"), Column(self.env._("Name"), width=36),
            Column(self.env._("Comes in")), Column(self.env._("Reason"), width=90),
        ]  # fmt: skip
        said = {True: self.env._("No"), False: self.env._("In part")}
        with Workbook(self.env, title) as book:
            rows = (
                (finding.sheet, finding.row_number, finding.name or "", said[finding.is_refused], finding.reason)
                for finding in self.finding_ids
            )
            book.add_sheet(title, columns, rows)
        self.report = b64encode(book.content)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/report/{title}.xlsx?download=true",
            "target": "download",
        }

    @api.readonly
    def action_open_assets(self):
        return self.env["ir.actions.act_window"]._for_xml_id("maintenance.hr_equipment_action")

    def _reopen(self):
        return {
            "type": "ir.actions.act_window", "name": self._description, "res_model": self._name, "res_id": self.id,
            "view_mode": "form", "target": "new", "context": {"dialog_size": "extra-large"},
        }  # fmt: skip

    # -- What it does -------------------------------------------------------------------------------------

    def _run(self, keep):
        """With the rights of whoever brings it in, and no others.

        :param bool keep: what came in; while rows are bad that are not to be left out, nothing is kept.
        """
        if not self.content:
            raise UserError(self.env._("Choose a workbook first."))
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("%s is not among the companies that you have chosen.", self.company_id.name))
        move = CobieMove(
            self.with_company(self.company_id).env, self.company_id, CobieBook(self.env, b64decode(self.content))
        )
        savepoint = self.env.cr.savepoint()
        keep_it = False
        try:
            move.run()
            keep_it = keep and (self.skip_bad or not any(finding.refused for finding in move.findings))
        finally:
            savepoint.close(rollback=not keep_it)
            if not keep_it:
                # external names of what was taken back are remembered otherwise
                self.env.registry.clear_all_caches()
        self._note(move, keep_it)

    def _note(self, move, is_kept):
        self.sheet_ids.unlink()
        self.finding_ids.unlink()
        self.write(
            {
                "state": "done" if is_kept else "checked",
                "refused_count": sum(counts["refused"] for counts in move.counts.values()),
                "unread_sheets": ", ".join(move.book.unread),
                "sheet_ids": [
                    fields.Command.create({"sheet": sheet, **{name: counts[name] for name in COUNTS}})
                    for sheet, counts in move.counts.items()
                ],
                "finding_ids": [
                    fields.Command.create(
                        {
                            "sheet": finding.sheet, "row_number": finding.number, "name": finding.name,
                            "reason": finding.reason, "is_refused": finding.refused,
                        }
                    )
                    for finding in move.findings
                ],
            }
        )  # fmt: skip


class MaintenanceCobieSheet(models.TransientModel):
    _name = "maintenance.cobie.sheet"
    _description = "COBie Sheet"
    _order = "id"

    import_id = fields.Many2one("maintenance.cobie.import", required=True, ondelete="cascade", index=True)
    sheet = fields.Char(readonly=True)
    rows = fields.Integer(readonly=True)
    made = fields.Integer("New", readonly=True, help="Records that are made of them.")
    known = fields.Integer(
        "Here already", readonly=True, help="Known by their number or by an earlier workbook; they stay as they are."
    )
    details = fields.Integer(readonly=True, help="Rows that say something about records of other rows.")
    refused = fields.Integer("Bad", readonly=True)
    left = fields.Integer("Not kept", readonly=True, help="Rows about what has no place here.")


class MaintenanceCobieFinding(models.TransientModel):
    _name = "maintenance.cobie.finding"
    _description = "COBie Row to Look At"
    _order = "id"

    import_id = fields.Many2one("maintenance.cobie.import", required=True, ondelete="cascade", index=True)
    sheet = fields.Char(readonly=True)
    row_number = fields.Integer("Row", readonly=True)
    name = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
    is_refused = fields.Boolean("Stays out", readonly=True)
