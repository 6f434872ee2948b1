from collections import Counter

from odoo import api, models

from ..workbook import Column, Workbook

#: Assets read at once: enough for few queries, few enough for little memory.
BATCH = 1000

#: Parts of the cost of ownership as the ledger knows them, in the order of the columns.
KINDS = ["purchase", "labor", "part", "service", "downtime", "recovery"]

#: The year of what has no day.
UNKNOWN = 0


class MaintenanceEquipmentWorkbook(models.Model):
    """The costs of assets as a workbook: one row for each, by category and by year, with its own arithmetic."""

    _inherit = "maintenance.equipment"

    def _get_cost_workbook(self):
        """The workbook of these assets, each counted by itself, without its components.

        :returns: content of an .xlsx file.
        """
        with Workbook(self.env, self.env._("Costs of assets")) as book:
            assets = book.add_sheet(self.env._("Assets"), self._get_asset_columns(), self._get_asset_rows())
            if assets["last"] >= assets["first"]:
                self._add_category_sheet(book, assets)
                self._add_year_sheet(book)
            book.define(
                self.env._("Repair or replace"),
                self.env._(
                    "Consider replacing: another year of this asset costs more than an average year of a new one. Break-even is "
                    "the maintenance and downtime of a year from which on that is so; see the page Costs of the asset."
                ),
            )
        return book.content

    # -- One row for each asset ---------------------------------------------------------------------

    @api.model
    def _get_asset_columns(self):
        def help_of(name):
            return self._fields[name]._description_help(self.env) or ""

        def total_of(*titles):
            return lambda row, at: "=" + "+".join(f"{at[title]}{row}" for title in titles)

        purchase, labor, parts, services = (
            self.env._("Purchase"),
            self.env._("Labour"),
            self.env._("Parts"),
            self.env._("Services"),
        )
        maintenance, downtime, total = self.env._("Maintenance"), self.env._("Downtime"), self.env._("Total cost of ownership")
        recovered, residual, net = self.env._("Recovered"), self.env._("Residual value"), self.env._("Net cost of ownership")
        recent, replacement = self.env._("Last 12 months"), self.env._("Replacement value")
        return [
            Column(self.env._("Asset"), width=32),
            Column(self.env._("Serial number"), width=16),
            Column(self.env._("Category")),
            Column(self.env._("Part of")),
            Column(self.env._("Place")),
            Column(self.env._("Team")),
            Column(self.env._("Criticality"), width=11),
            Column(self.env._("In service since"), "date"),
            Column(purchase, "money", total=True, help=self.env._("What the asset was bought for.")),
            Column(labor, "money", total=True, help=self.env._("Booked hours at the cost of an hour when they were booked.")),
            Column(
                parts, "money", total=True,
                help=self.env._("Parts used, less what came back to stock, and parts bought for it directly."),
            ),
            Column(services, "money", total=True, help=self.env._("Services received, corrected when they are billed.")),
            Column(
                maintenance, "money", total=True, help=help_of("maintenance_cost"), formula=total_of(labor, parts, services)
            ),
            Column(downtime, "money", total=True, help=help_of("downtime_cost")),
            Column(
                total, "money", total=True, help=help_of("total_cost_of_ownership"),
                formula=total_of(purchase, maintenance, downtime), width=17,
            ),
            Column(recovered, "money", total=True, help=help_of("recovered_cost")),
            Column(residual, "money", total=True, help=help_of("residual_value")),
            Column(
                net, "money", total=True, help=help_of("net_cost_of_ownership"), width=17,
                formula=lambda row, at: f"={at[total]}{row}-{at[recovered]}{row}-{at[residual]}{row}",
            ),
            Column(recent, "money", total=True, help=help_of("yearly_expenses")),
            Column(replacement, "money", total=True, help=help_of("replacement_value")),
            Column(
                self.env._("Cost as share of replacement value"), "percent", width=14,
                help=self.env._("Last 12 months ÷ replacement value; empty without one."),
                formula=lambda row, at: f'=IF({at[replacement]}{row}=0,"",{at[recent]}{row}/{at[replacement]}{row})',
            ),
            Column(self.env._("Repair or replace"), width=18),
            Column(self.env._("Break-even"), "money", help=help_of("break_even_cost")),
        ]  # fmt: skip

    def _get_asset_rows(self):
        """Rows for the columns above, read batch by batch."""
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in ("criticality", "replacement_hint")}
        unnamed = self.env._("Without category")
        for start in range(0, len(self), BATCH):
            # a prefetch of its own, and nothing of the batch before is kept
            self.env.flush_all()
            self.env.invalidate_all()
            batch = self.browse(self._ids[start : start + BATCH])
            costs = batch._get_ownership_costs()
            for asset in batch:
                purchase, labor, part, service, downtime, recovery = (costs.get((asset.id, kind), 0.0) for kind in KINDS)
                maintenance = labor + part + service
                total = purchase + maintenance + downtime
                value = asset.replacement_value or asset.cost
                yield (
                    asset.name, asset.serial_no, asset.category_id.name or unnamed, asset.parent_id.name,
                    asset.location_id.display_name,
                    asset.maintenance_team_id.name, labels["criticality"].get(asset.criticality), asset.effective_date,
                    purchase, labor, part, service, maintenance, downtime, total, -recovery, asset.residual_value,
                    total + recovery - asset.residual_value, asset.yearly_expenses, value,
                    asset.yearly_expenses / value if value else "", labels["replacement_hint"][asset.replacement_hint],
                    asset.break_even_cost if asset.replacement_hint != "unknown" else None,
                )  # fmt: skip

    def _get_ownership_costs(self):
        """``{(asset id, kind): amount}``"""
        groups = self.env["maintenance.ownership.report"]._read_group(
            [("equipment_id", "in", self.ids)], ["equipment_id", "kind"], ["amount:sum"]
        )
        return {(equipment.id, kind): float(amount) for equipment, kind, amount in groups}

    # -- Summaries ------------------------------------------------------------------------------------

    def _add_category_sheet(self, book, assets):
        """Sums over the sheet of assets, by formulas."""
        category = self.env._("Category")
        summed = [
            self.env._("Purchase"),
            self.env._("Labour"),
            self.env._("Parts"),
            self.env._("Services"),
            self.env._("Downtime"),
            self.env._("Total cost of ownership"),
        ]
        # by name: the sheet knows no other difference between categories
        counts, amounts, unnamed = Counter(), Counter(), self.env._("Without category")
        for group, count in self.with_context(active_test=False)._read_group(
            [("id", "in", self.ids)], ["category_id"], ["__count"]
        ):
            counts[group.name or unnamed] += count
        for group, kind, amount in self.env["maintenance.ownership.report"]._read_group(
            [("equipment_id", "in", self.ids), ("kind", "!=", "recovery")], ["category_id", "kind"], ["amount:sum"]
        ):
            amounts[group.name or unnamed, kind] += float(amount)

        def area(title):
            letter = assets["letters"][title]
            return f"'{assets['name']}'!${letter}${assets['first'] + 1}:${letter}${assets['last'] + 1}"

        def sum_of(title):
            # not SUMIF, to which names such as "<5 kW" or "Pump*" are conditions
            return lambda row, at: f"=SUMPRODUCT(--({area(category)}={at[category]}{row}),{area(title)})"

        rows = []
        for name, count in counts.items():
            values = [amounts[name, kind] for kind in KINDS[:-1]]
            rows.append((name, count, *values, sum(values)))
        rows.sort(key=lambda row: -row[-1])
        book.add_sheet(
            self.env._("By category"),
            [
                Column(category, width=30),
                Column(
                    self.env._("Number of assets"), "integer", total=True,
                    formula=lambda row, at: f"=SUMPRODUCT(--({area(category)}={at[category]}{row}))",
                ),
                *(Column(title, "money", total=True, formula=sum_of(title)) for title in summed),
            ],
            rows,
            chart={
                "kind": "bar", "stacked": True, "title": self.env._("Costs by category"), "categories": category,
                "values": summed[1:5], "rows": 15,
            },
        )  # fmt: skip

    def _add_year_sheet(self, book):
        """What each calendar year cost, and all years up to it."""
        by_year = {}
        for start, kind, amount in self.env["maintenance.ownership.report"]._read_group(
            [("equipment_id", "in", self.ids)], ["date:year", "kind"], ["amount:sum"]
        ):
            # what was paid for an asset of which nobody knows since when it is in use
            by_year.setdefault(start.year if start else UNKNOWN, {})[kind] = float(amount)
        if not by_year:
            return
        titles = [
            self.env._("Purchase"),
            self.env._("Labour"),
            self.env._("Parts"),
            self.env._("Services"),
            self.env._("Downtime"),
            self.env._("Recovered"),
        ]
        so_far, rows = 0.0, []
        known = by_year.keys() - {UNKNOWN}
        years = [*(by_year.keys() & {UNKNOWN}), *(range(min(known), max(known) + 1) if known else ())]
        for year in years:
            values = [by_year.get(year, {}).get(kind, 0.0) for kind in KINDS]
            so_far += sum(values)
            rows.append((str(year) if year else self.env._("Not known"), *values, sum(values), so_far))
        together, cumulated = self.env._("Together"), self.env._("So far")

        def cumulate(row, at):
            before = f"{at[cumulated]}{row - 1}+" if row > 5 else ""
            return f"={before}{at[together]}{row}"

        book.add_sheet(
            self.env._("By year"),
            [
                Column(self.env._("Year"), width=10),
                *(Column(title, "money", total=True) for title in titles),
                Column(
                    together, "money", total=True, help=self.env._("All costs of the year, less what was recovered."),
                    formula=lambda row, at: f"=SUM({at[titles[0]]}{row}:{at[titles[-1]]}{row})",
                ),
                Column(cumulated, "money", help=self.env._("All costs up to the end of the year."), formula=cumulate),
            ],
            rows,
            chart={
                "kind": "column", "stacked": True, "title": self.env._("Costs by year"), "categories": self.env._("Year"),
                "values": titles[1:5],
            },
        )  # fmt: skip
