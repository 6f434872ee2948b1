from odoo import fields, models
from odoo.exceptions import UserError

from ...const import DONE_STATES

#: Names that a sentence lists.
LISTED = 3


class MaintenanceEquipmentArchive(models.Model):
    """An asset that goes: what hangs on it is said first, and somebody decides what becomes of it.

    Open work and components need a decision, so an asset with any is archived through the dialog alone; all else follows.
    """

    _inherit = "maintenance.equipment"

    def write(self, vals):
        leaving = self.browse()
        if "active" in vals:
            if vals["active"]:
                self._maintenance_check_not_merged()
            else:
                leaving = self.filtered("active")
                leaving._maintenance_check_nothing_undecided()
        result = super().write(vals)
        if leaving:
            # sudo: what stands still for good costs nothing any more, whoever wrote down that it does
            leaving.sudo().filtered(lambda equipment: equipment.status != "running")._set_status("running")
        return result

    def action_archive(self):
        """Archive the assets; where something hangs on them, ask first what becomes of it.

        :returns: then, the action that opens the dialog.
        """
        leaving = self.filtered("active")
        self.check_access("write")
        if leaving._maintenance_describe_what_hangs():
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Archive"),
                "res_model": "maintenance.equipment.archive",
                "view_mode": "form",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_equipment_ids": [fields.Command.set(leaving.ids)]},
            }
        return super().action_archive()

    def maintenance_archive(self, open_work=None, components=None):
        """Archive the assets, and decide what becomes of what hangs on them (planners).

        :param str open_work: ``cancel`` open work orders, or ``keep`` them going.
        :param str components: ``archive`` what is part of them, or ``detach`` it, so that it stands on its own.
        :raises UserError: there is open work or a component, and nothing was decided; or work that was done is cancelled.
        """
        self.check_access("write")
        leaving = self.filtered("active")
        parts = leaving._maintenance_get_active_components()
        if parts and components == "archive":
            leaving |= parts
        elif parts and components == "detach":
            parts.filtered(lambda part: part.parent_id in leaving).parent_id = False
        elif parts:
            leaving._maintenance_check_nothing_undecided()
        requests = leaving._maintenance_get_open_work()
        if requests and open_work == "cancel":
            requests.with_env(self.env).archive_equipment_request()
        elif requests and open_work != "keep":
            leaving._maintenance_check_nothing_undecided()
        leaving.check_access("write")
        # sudo: who may archive was checked, and what had to be decided is
        return super(MaintenanceEquipmentArchive, leaving.sudo()).action_archive()  # pylint: disable=super-method-mismatch

    # -- What hangs on them -------------------------------------------------------------------------

    def _maintenance_get_open_work(self):
        # sudo: what hangs on an asset is counted whole, also work that its keeper may not see
        requests = self.env["maintenance.request"].sudo()
        return requests.search([("equipment_id", "in", self.ids), ("state", "not in", (*DONE_STATES, "cancelled"))], order="id")

    def _maintenance_get_active_components(self):
        """What is part of the assets at any depth and in use, themselves left out."""
        return self.search([("id", "child_of", self.ids)]) - self if self else self

    def _maintenance_describe_what_hangs(self):
        """One sentence for each kind of what hangs on the assets, with what becomes of it."""
        sentences = []
        requests, parts = self._maintenance_get_open_work(), self._maintenance_get_active_components()
        if requests:
            sentences.append(self.env._("Open work orders: %s.", self._maintenance_name_first(requests)))
        if parts:
            sentences.append(self.env._("Components: %s.", self._maintenance_name_first(parts)))
        # sudo: as above
        for equipment in self.sudo().filtered(lambda equipment: equipment.status != "running"):
            status = dict(self._fields["status"]._description_selection(self.env))[equipment.status]
            sentences.append(
                self.env._("The status of %(asset)s is “%(status)s”; that ends now.", asset=equipment.display_name, status=status)
            )
        return sentences

    def _maintenance_name_first(self, records):
        names = records[:LISTED].mapped("display_name")
        if len(records) > LISTED:
            names.append(self.env._("%s more", len(records) - LISTED))
        return ", ".join(names)

    def _maintenance_check_nothing_undecided(self):
        """:raises UserError: open work or components hang on an asset, and nobody said what becomes of them."""
        if self.env.su:
            return
        requests, parts = self._maintenance_get_open_work(), self._maintenance_get_active_components()
        if requests or parts:
            raise UserError(
                self.env._(
                    "%(names)s: this hangs on %(assets)s. Use Archive and say what becomes of it.",
                    names=self._maintenance_name_first(requests or parts),
                    assets=self._maintenance_name_first(self),
                )
            )
