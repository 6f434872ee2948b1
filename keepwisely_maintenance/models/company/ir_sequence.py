from odoo import api, models, tools

from ...kept import forget_kept


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _maintenance_find(self, code, company_id):
        """The sequence that `next_by_code` would take in a company."""
        return self.with_company(company_id).browse(self._maintenance_find_id(code, company_id))

    @api.model
    @tools.ormcache("code", "company_id")
    def _maintenance_find_id(self, code, company_id):
        """Kept, because every new document asks for it."""
        # sudo: which it is, is the same for everybody; drawing a number asks for rights
        usable = [("code", "=", code), ("company_id", "in", [company_id, False])]
        return self.sudo().search(usable, order="company_id", limit=1).id

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        forget_kept(self.env)
        return sequences

    def write(self, vals):
        result = super().write(vals)
        if {"active", "code", "company_id"} & vals.keys():
            forget_kept(self.env)
        return result

    def unlink(self):
        result = super().unlink()
        forget_kept(self.env)
        return result
