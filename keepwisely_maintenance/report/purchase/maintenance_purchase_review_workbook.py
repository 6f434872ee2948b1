from base64 import b64encode
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.purchase.maintenance_purchase_review_line import FLAGS
from ..workbook import Column, Workbook

#: Lines in memory at a time.
BATCH = 1000

#: The amounts that are added up.
AMOUNTS = ("amount_open", "amount_unbilled")


class MaintenancePurchaseReviewWorkbook(models.Model):
    """The review as a workbook, to be sorted, filtered and taken to a meeting."""

    _inherit = "maintenance.purchase.review"

    workbook = fields.Binary(
        compute="_compute_workbook", help="Made when it is asked for; decisions stand in it as they are then."
    )

    def _compute_workbook(self):
        for review in self:
            review.workbook = b64encode(review._get_workbook_file()[1])

    def action_workbook(self):
        """Download the workbook.

        :raises UserError: the review was not found.
        """
        self.ensure_one()
        if not self.exists():
            raise UserError(self.env._("This review was deleted; open another one."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/workbook/{self.name}.xlsx?download=true",
            "target": "download",
        }

    def _get_workbook_file(self):
        """Name and content of the workbook in the language of the environment."""
        self.ensure_one()
        by_flag = {flag: [0, *(0.0 for _amount in AMOUNTS)] for flag in FLAGS}
        by_vendor = defaultdict(lambda: [0, 0, *(0.0 for _amount in AMOUNTS)])
        # in the company: of its name and currency
        review = self.with_company(self.company_id)
        with Workbook(review.env, self.name) as book:
            area = book.add_sheet(
                self.env._("Open orders"), self._get_line_columns(), review._get_line_rows(by_flag, by_vendor)
            )
            if by_vendor:
                self._add_finding_sheet(book, area, by_flag)
                self._add_vendor_sheet(book, area, by_vendor)
        return f"{self.name}.xlsx", book.content

    def _get_line_rows(self, by_flag, by_vendor):
        """Rows of all lines, read batch by batch, which are counted in ``by_flag`` and ``by_vendor`` on the way."""
        # sudo: readers of a review see all of it, products and people included
        lines = self.env["maintenance.purchase.review.line"].sudo()
        ids = lines.search([("review_id", "=", self.id)])._ids
        for start in range(0, len(ids), BATCH):
            # a prefetch of its own, and nothing of the batch before is kept
            self.env.flush_all()
            self.env.invalidate_all()
            for line in lines.browse(ids[start : start + BATCH]):
                amounts = [line[name] for name in AMOUNTS]
                found = [(by_flag[flag], (1, *amounts)) for flag in FLAGS if line[flag]]
                found.append((by_vendor[line.partner_id.name or ""], (1, bool(line.reason), *amounts)))
                for sums, values in found:
                    sums[:] = [total + value for total, value in zip(sums, values, strict=True)]
                yield self._get_line_row(line)

    # -- One row for each line ------------------------------------------------------------------------

    @api.model
    def _get_findings(self):
        """Label and meaning of each finding, by its flag, in the order of their urgency."""
        model = self.env["maintenance.purchase.review.line"]
        labels = dict(model._fields["reason"]._description_selection(self.env))
        return {flag: (labels[reason], model._fields[flag]._description_help(self.env)) for flag, reason in FLAGS.items()}

    def _get_line_columns(self):
        names = self.env["maintenance.purchase.review.line"]._fields

        def field(name, kind="text", title=None, **values):
            return Column(
                title or names[name]._description_string(self.env), kind,
                help=names[name]._description_help(self.env) or "", **values,
            )  # fmt: skip

        promised, then, reference = (
            names[name]._description_string(self.env) for name in ("date_promised", "price_unit", "price_reference")
        )
        day = f"DATE({self.date.year},{self.date.month},{self.date.day})"
        return [
            field("order_name", width=14),
            field("name", width=34),
            field("partner_id"),
            field("user_id", width=18),
            field("requisition_id", width=14),
            field("maintenance_request_ids", width=30),
            field("equipment_id"),
            field("date_order", "date"),
            field("date_promised", "date"),
            field("date_needed", "date"),
            Column(
                self.env._("Days late"), "integer", help=self.env._("From the promised day to the day of the review."),
                formula=lambda row, at: f'=IF({at[promised]}{row}="",0,MAX(0,{day}-{at[promised]}{row}))',
            ),
            field("date_received", "date"),
            field("product_uom_id", width=9),
            field("qty_ordered", "float"),
            field("qty_received", "float"),
            field("qty_billed", "float"),
            field("price_unit", "money"),
            field("price_reference", "money"),
            Column(
                self.env._("Drift"), "percent",
                help=self.env._("How much dearer the price was than the approved or last one; empty without one."),
                formula=lambda row, at: f'=IF({at[reference]}{row}=0,"",{at[then]}{row}/{at[reference]}{row}-1)',
            ),
            field("amount_open", "money", total=True),
            field("amount_unbilled", "money", total=True),
            field("reason", width=22),
            field("finding", width=50),
            *(
                Column(label, "integer", total=True, help=help_, width=12)
                for label, help_ in self._get_findings().values()
            ),
            field("times_undecided", "integer"),
            field("decision", width=14),
            field("keep_until", "date"),
            field("new_date", "date"),
            field("note", width=30),
            field("decided_by_id", width=18),
            field("date_decided", "datetime"),
            field("outcome", width=40),
        ]  # fmt: skip

    def _get_line_row(self, line):
        def label(name):
            return dict(line._fields[name]._description_selection(self.env)).get(line[name])

        late = (self.date - line.date_promised).days if line.date_promised else 0
        reference = line.price_reference
        return (
            line.order_name, line.name, line.partner_id.name, line.user_id.name, line.requisition_id.name,
            ", ".join(line.maintenance_request_ids.mapped("display_name")), line.equipment_id.name, line.date_order,
            line.date_promised, line.date_needed, max(late, 0), line.date_received, line.product_uom_id.name,
            line.qty_ordered, line.qty_received, line.qty_billed, line.price_unit, reference,
            line.price_unit / reference - 1 if reference else "", line.amount_open, line.amount_unbilled,
            label("reason"), line.finding, *(int(line[flag]) for flag in FLAGS), line.times_undecided, label("decision"),
            line.keep_until, line.new_date, line.note, line.decided_by_id.name, line.date_decided, line.outcome,
        )  # fmt: skip

    # -- Summaries --------------------------------------------------------------------------------------

    def _add_finding_sheet(self, book, area, sums):
        """How many lines have each finding, and what is to come and not billed on them; a line may have several."""
        columns = self._get_summed()
        flags = {label: flag for flag, (label, _help) in self._get_findings().items()}

        def rows_of(label):
            return self._get_range(area, label)

        rows = [(label, *sums[flag]) for label, flag in flags.items()]
        finding, count = self.env._("Finding"), self.env._("Lines")
        number = {label: index for index, label in enumerate(flags)}

        def of_row(row):
            return rows_of(list(number)[row - area["first"] - 1])

        book.add_sheet(
            self.env._("By finding"),
            [
                Column(finding, width=30),
                Column(count, "integer", formula=lambda row, at: f"=SUM({of_row(row)})"),
                *(
                    Column(title, "money", formula=lambda row, at, title=title: f"=SUMPRODUCT({of_row(row)},{rows_of(title)})")
                    for title in columns
                ),
            ],
            rows,
            chart={"kind": "bar", "title": self.env._("Findings"), "categories": finding, "values": [count]},
        )  # fmt: skip

    def _add_vendor_sheet(self, book, area, sums):
        names = self.env["maintenance.purchase.review.line"]._fields
        columns = self._get_summed()
        vendor, count, late = self.env._("Vendor"), self.env._("Lines"), self.env._("With a finding")
        where = self._get_range(area, names["partner_id"]._description_string(self.env))
        reasons = self._get_range(area, names["reason"]._description_string(self.env))
        rows = sorted(((name, *row) for name, row in sums.items()), key=lambda row: (-row[3], row[0]))
        book.add_sheet(
            self.env._("By vendor"),
            [
                Column(vendor, width=34),
                # not COUNTIF, to which some names are conditions
                Column(count, "integer", total=True, formula=lambda row, at: f"=SUMPRODUCT(--({where}={at[vendor]}{row}))"),
                Column(
                    late, "integer", total=True,
                    formula=lambda row, at: f'=SUMPRODUCT(--({where}={at[vendor]}{row}),--({reasons}<>""))',
                ),
                *(
                    Column(
                        title, "money", total=True,
                        formula=lambda row, at, title=title: f"=SUMPRODUCT(--({where}={at[vendor]}{row}),"
                        f"{self._get_range(area, title)})",
                    )
                    for title in columns
                ),
            ],
            rows,
            chart={
                "kind": "bar", "title": self.env._("To come by vendor"), "categories": vendor, "values": columns[:1],
                "rows": 15,
            },
        )  # fmt: skip

    @api.model
    def _get_summed(self):
        """Titles of the amounts that are added up."""
        model = self.env["maintenance.purchase.review.line"]
        return [model._fields[name]._description_string(self.env) for name in AMOUNTS]

    @api.model
    def _get_range(self, area, title):
        """The cells of a column, in a formula on another sheet."""
        letter = area["letters"][title]
        return f"'{area['name']}'!${letter}${area['first'] + 1}:${letter}${area['last'] + 1}"
