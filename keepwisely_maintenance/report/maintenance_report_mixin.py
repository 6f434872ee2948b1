from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class MaintenanceReportMixin(models.AbstractModel):
    """Reports that are large queries over many tables.

    PostgreSQL compiles such queries before it runs them (``jit``), which takes longer than what it saves: a quarter
    of the time of a sum over half a million rows, most of it for one asset.
    """

    _name = "maintenance.report.mixin"
    _description = "Large Report"

    #: What PostgreSQL is told before it plans such a query.
    _settings = {"jit": "off"}

    #: The selection whose groups stand in its own order, not in that of the alphabet.
    _selection_in_order = None

    @api.model
    def _search(self, domain, *args, **kwargs):
        report = self._with_asked(conditions(Domain(domain).optimize(self)))
        if not report._is_planned():
            # until the transaction ends
            self.env.cr.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in self._settings.items()))
        return super(MaintenanceReportMixin, report)._search(domain, *args, **kwargs)

    def _is_planned(self):
        """Whether PostgreSQL keeps the plan of what is asked."""
        return False

    def _with_asked(self, conditions):
        """The report, which may know in its context what ``conditions`` leave of it.

        For what PostgreSQL cannot work out by itself: rows that a query makes, which it would make all and then drop.
        """
        return self

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        name = self._selection_in_order
        term = groupby_terms.get(name)
        if not term:
            return super()._read_group_orderby(order, groupby_terms, query)
        groupby_terms[name] = SQL("ARRAY_POSITION(%s, %s)", [key for key, _label in self._fields[name].selection], term)
        result = super()._read_group_orderby(order, groupby_terms, query)
        groupby_terms[name] = term
        return result


def conditions(domain):
    """What all rows of ``domain`` fulfil, as triples of a field, an operator and a value."""
    parts = domain.children if getattr(domain, "OPERATOR", "") == "&" else [domain]
    return [(part.field_expr, part.operator, part.value) for part in parts if hasattr(part, "field_expr")]
