from odoo import models

from odoo.addons.base.models.ir_actions_report import _wkhtml

# Builds of wkhtmltopdf without the patches to Qt (Debian's, for one) lay a page out 1.3 times as wide as the paper and shrink
# it to fit, whatever --zoom and --dpi say (measured with boxes of 50 to 210 mm). They draw web fonts as shapes: nothing could
# be searched or copied.
STYLE_OF_UNPATCHED_QT = "zoom: 1.3; font-family: sans-serif;"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """Adds ``maintenance_paper_style``, with which a page comes out in its true size and as text from any wkhtmltopdf."""
        values = super()._get_rendering_context(report, docids, data)
        on_paper = values.get("report_type") == "pdf" and not _wkhtml().is_patched_qt
        values["maintenance_paper_style"] = STYLE_OF_UNPATCHED_QT if on_paper else None
        return values
