from odoo import models

#: Planners have it too, by their own group.
TECHNICIANS = "keepwisely_maintenance.group_maintenance_technician"
PLANNERS = "maintenance.group_equipment_manager"

#: Technicians and planners, for fields that name one; those of a company where the record has one.
TECHNICIANS_DOMAIN = "[('share', '=', False), ('partner_id.maintenance_can_work', '=', True)]"
COMPANY_TECHNICIANS_DOMAIN = TECHNICIANS_DOMAIN.replace("]", ", ('company_ids', 'in', company_id)]")


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        leaving = self.filtered("active") if "active" in vals and not vals["active"] else self.browse()
        result = super().write(vals)
        # sudo: whoever archives users need not be able to see work orders
        leaving.sudo().partner_id._maintenance_leave()
        return result
