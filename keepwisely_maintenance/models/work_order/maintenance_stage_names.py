from odoo import api, models
from odoo.fields import Domain

from ...native_names import GAVE_WAY, MODULE, SCRAP, STAGES


class MaintenanceStageNames(models.Model):
    """What stages are called. Those of Odoo get the names of their states; those of a company only when it wants that."""

    _inherit = "maintenance.stage"

    @api.model
    def _maintenance_is_native_board(self):
        """Whether nobody has added, removed or renamed a stage: all are Odoo's or this module's, and called so."""
        stages = self.with_context(lang="en_US").search_fetch(Domain.TRUE, ["name"])
        known = stages.get_external_id()
        names = {xmlid: (native, ours._translate("en_US")) for xmlid, (native, ours) in STAGES.items()}
        return all(
            known[stage.id].split(".")[0] in ("maintenance", MODULE)
            and (known[stage.id] not in STAGES or stage.name in names[known[stage.id]])
            for stage in stages
        ) and {*STAGES} <= {*known.values()}

    @api.model
    def _maintenance_get_scrap(self):
        """Odoo's second stage of done work, while it is called so and nothing stands in it; else none."""
        scrap = self.env.ref(SCRAP, raise_if_not_found=False) or self.browse()
        if scrap.with_context(lang="en_US").name != "Scrap" or scrap._maintenance_is_used():
            return self.browse()
        return scrap

    def _maintenance_is_used(self):
        # sudo: also work orders that one does not see, of other companies and cancelled ones
        requests = self.env["maintenance.request"].sudo().with_context(active_test=False)
        return bool(requests.search_count([("stage_id", "in", self.ids)], limit=1))

    def _maintenance_give_way(self):
        """Go; an upgrade of Odoo's module, which would bring the stage back, finds the stage for closed work instead."""
        closed = self._first_of_state("closed") - self
        for stage in self if closed else ():
            # sudo: names of data records are the system's
            rows = self.env["ir.model.data"].sudo().search([("model", "=", self._name), ("res_id", "=", stage.id)])
            rows.res_id = closed.id
            stage.unlink()
            # sudo: as above; whoever uninstalls puts it back
            self.env["ir.config_parameter"].sudo().set_param(GAVE_WAY, "True")

    def _maintenance_take_state_name(self):
        """Be called like the state, in each language."""
        for lang, _name in self.env["res.lang"].get_installed():
            stages = self.with_context(lang=lang)
            labels = dict(stages._fields["state"]._description_selection(stages.env))
            for stage in stages:
                stage.name = labels[stage.state]
        self.filtered(lambda stage: stage.state == "completed").fold = False

    # -- The offer ----------------------------------------------------------------------------------

    @api.model
    def _maintenance_get_proposals(self):
        """Stages that could be called like their state, and the one that could go.

        Where several stages share a state they are told apart by their names, so only Odoo's own among them are proposed.
        """
        stages = self.search([("state", "!=", False)])
        labels = dict(self._fields["state"]._description_selection(self.env))
        known = stages.get_external_id()
        scrap = self._maintenance_get_scrap() if self._first_of_state("closed") else self.browse()
        proposals = scrap
        for state, same in (stages - scrap).grouped("state").items():
            alone = same if len(same) == 1 else same.filtered(lambda stage: known[stage.id] in STAGES)[:1]
            proposals |= alone.filtered(lambda stage, state=state: stage.name != labels[state])
        return proposals.sorted()

    @api.model
    def _maintenance_offer_names(self):
        """One to-do for each administrator; nothing changes by itself."""
        self.env["maintenance.first.step"]._maintenance_ask_administrators(
            "offer_of_names",
            lambda env: (
                env._("Call the stages of work orders like their states"),
                env._("Maintenance, Configuration, Stages: choose Use our names there, or leave them as they are."),
            ),
        )
