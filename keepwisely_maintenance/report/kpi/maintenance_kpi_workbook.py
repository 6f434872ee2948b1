from odoo import models

from ..workbook import Column, Workbook


class MaintenanceKpiWorkbook(models.Model):
    """Key figures as a workbook: what they are now and were by month, with what is divided by what."""

    _inherit = "maintenance.kpi"

    def _get_workbook(self):
        """The workbook of these figures, for the period and the teams of the context.

        :returns: content of an .xlsx file.
        """
        title = self.env._("Key figures of maintenance")
        teams = self._get_teams()
        if teams:
            title = f"{title}: {', '.join(teams.mapped('name'))}"
        history = self._get_history(self.mapped("code"))
        with Workbook(self.env, title) as book:
            self._add_figure_sheet(book)
            self._add_month_sheet(book, history)
            self._add_detail_sheet(book, history)
            for kpi in self:
                lines = [kpi.definition, kpi.exclusions, kpi.source]
                book.define(kpi.name, "\n".join(line for line in lines if line))
        return book.content

    def _get_unit(self):
        return dict(self._fields["unit"]._description_selection(self.env))[self.unit]

    def _get_factor(self):
        """Percentages are given as they are read: 25 for a quarter."""
        return 100 if self.unit == "percent" else 1

    def _add_figure_sheet(self, book):
        """One row for each figure; what has no data is empty."""
        divided, by, factor = self.env._("Divided"), self.env._("Divided by"), self.env._("Times")

        def divide(row, at):
            return f'=IF({at[by]}{row}=0,"",{at[factor]}{row}*{at[divided]}{row}/{at[by]}{row})'

        ratings = dict(self._fields["rating"]._description_selection(self.env))
        changes = dict(self._fields["change"]._description_selection(self.env))
        book.add_sheet(
            self.env._("Key figures"),
            [
                Column(self.env._("Figure"), width=34),
                Column(self.env._("Period"), width=26),
                Column(self.env._("Value"), "float", formula=divide, help=self.env._("Divided ÷ divided by × times.")),
                Column(self.env._("Unit"), width=10),
                Column(self.env._("Target"), "float"),
                Column(self.env._("Against the target"), width=18, help=self._fields["rating"]._description_help(self.env)),
                Column(self.env._("Before"), width=14, help=self._fields["previous_text"]._description_help(self.env)),
                Column(self.env._("Change"), width=12, help=self._fields["change"]._description_help(self.env)),
                Column(divided, "float", help=self.env._("What is divided.")),
                Column(self.env._("What is divided"), width=24),
                Column(by, "float", help=self.env._("What it is divided by; zero when nothing was counted.")),
                Column(self.env._("What it is divided by"), width=24),
                Column(factor, "integer", help=self.env._("100 for percentages.")),
                Column(self.env._("Records"), "integer", help=self.env._("How many records were counted.")),
            ],
            [
                (
                    kpi.name, kpi.period_text, kpi.value if kpi.is_measured else "", kpi._get_unit(), kpi.target or None,
                    ratings.get(kpi.rating), kpi.previous_text, changes.get(kpi.change), kpi.numerator, kpi.numerator_label,
                    kpi.denominator, kpi.denominator_label, kpi._get_factor(), kpi.record_count,
                )
                for kpi in self
            ],
        )  # fmt: skip

    def _add_month_sheet(self, book, history):
        """A column for each figure, a row for each month, a chart for each unit."""
        kpis = self.filtered(lambda kpi: kpi in history and not kpi.is_today)
        if not kpis:
            return
        month = self.env._("Month")
        titles = {kpi: f"{kpi.name} ({kpi._get_unit()})" for kpi in kpis}
        rows = [
            (period.start, *(history[kpi][number][2] for kpi in kpis))
            for number, (period, _result, _value) in enumerate(history[kpis[0]])
        ]
        area = book.add_sheet(
            self.env._("By month"),
            [Column(month, "month"), *(Column(titles[kpi], "float", width=18) for kpi in kpis)],
            rows,
        )
        for unit, name in self._fields["unit"]._description_selection(self.env):
            drawn = [titles[kpi] for kpi in kpis if kpi.unit == unit]
            if drawn:
                book.add_chart(area, "line", name, month, drawn)

    def _add_detail_sheet(self, book, history):
        """One row for each figure and month, to filter and to pivot."""
        divided, by = self.env._("Divided"), self.env._("Divided by")
        factor = self.env._("Times")

        def divide(row, at):
            return f'=IF({at[by]}{row}=0,"",{at[factor]}{row}*{at[divided]}{row}/{at[by]}{row})'

        book.add_sheet(
            self.env._("Details"),
            [
                Column(self.env._("Figure"), width=34),
                Column(self.env._("From"), "date"),
                Column(self.env._("To"), "date"),
                Column(divided, "float"),
                Column(by, "float"),
                Column(factor, "integer"),
                Column(self.env._("Value"), "float", formula=divide),
                Column(self.env._("Unit"), width=10),
                Column(self.env._("Records"), "integer"),
            ],
            (
                (
                    kpi.name, *period, result.numerator, result.denominator, kpi._get_factor(),
                    "" if value is None else value, kpi._get_unit(), result.count,
                )
                for kpi in self
                if not kpi.is_today
                for period, result, value in history.get(kpi, ())
            ),
        )  # fmt: skip
