from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import PoFileReader, get_po_paths

from ...const import DONE_STATES, PLANNED_STATES
from ...context import BY_SYSTEM
from ...native_names import MODULE
from .stage_words import understand

#: Terms that are names of stages: those of Odoo, and our states.
TERMS = {
    "maintenance": ("maintenance.stage,name", "stage_"),
    MODULE: ("ir.model.fields.selection,name", "selection__maintenance_stage__state__"),
}


class MaintenanceStageAsked(models.Model):
    """What stages from before the module stand for: what their names say, and what administrators answer.

    Until then a stage that nobody understands has no state. Its work orders stay where they are and are moved,
    changed and deleted as natively; they pass the gates when they come to a stage that has one.
    """

    _inherit = "maintenance.stage"

    @api.model
    def _maintenance_understand_all(self):
        """Give existing stages the state that their names say, on installation.

        A name alone never makes work done or undone: that Odoo's own flag says.
        """
        stages = self.with_context(maintenance_classifying=BY_SYSTEM).search_fetch(Domain.TRUE, ["name"])
        first_done = stages.filtered("done")[:1]
        for stage, state in stages._maintenance_understand().items():
            if stage.done:
                stage.state = "closed" if state == "closed" and stage != first_done else "completed"
            elif state and state not in DONE_STATES:
                stage.state = state

    def _maintenance_understand(self):
        """The state that each name stands for, in all installed languages; False where it says none, or two."""
        langs = [code for code, _name in self.env["res.lang"].get_installed() if code != "en_US"]
        english = {lang: self._maintenance_read_terms(lang) for lang in langs}
        understood = {}
        for stage in self:
            states = {understand(stage.with_context(lang="en_US").name)}
            for lang in langs:
                name = stage.with_context(lang=lang).name
                states.add(understand(english[lang].get(name, name)))
            understood[stage] = states.pop() if len(states) == 1 else False
        return understood

    @api.model
    def _maintenance_read_terms(self, lang):
        """English names of stages and states by those that Odoo and we give them in ``lang``."""
        return {
            row["value"]: row["src"]
            for module, (field, xmlid) in TERMS.items()
            for path in get_po_paths(module, lang)
            for row in PoFileReader(path)
            if row["type"] == "model" and row["name"] == field and row["imd_name"].startswith(xmlid) and row["value"]
        }

    @api.model
    def _maintenance_ask_what_they_are(self):
        """Let administrators look over a board that is not Odoo's; what was not understood is a to-do."""
        if self._maintenance_is_native_board():
            return
        asked = self.search_fetch(Domain.TRUE, ["name"]) - self._maintenance_get_added()
        asked.maintenance_is_asked = True
        if not all(stage.state for stage in asked):
            self.env["maintenance.first.step"]._maintenance_ask_administrators(
                "ask_stages",
                lambda env: (
                    env._("Say what the stages of work orders stand for"),
                    env._("Maintenance, First Steps, Stages: their names do not tell. Nothing moves until you say so."),
                ),
            )

    @api.model
    def _maintenance_get_added(self):
        """Stages that the installation added, by state."""
        # sudo: names of data records are the system's
        rows = self.env["ir.model.data"].sudo().search([("module", "=", MODULE), ("model", "=", self._name)])
        return self.browse(rows.mapped("res_id")).exists()

    @api.model
    def _maintenance_take_answers(self, answers):
        """Let stages stand for what an administrator says, as a dict of stages to states, once for each.

        What was added for a state that another stage has now goes, if nothing stands in it.
        """
        changed = self.browse()
        for stage, state in answers.items():
            if not stage.maintenance_is_asked:
                continue
            if stage.state != state:
                stage.with_context(maintenance_classifying=BY_SYSTEM).state = state
                changed |= stage
            stage.maintenance_is_asked = False
        requests = self.env["maintenance.request"].search([("stage_id", "in", changed.ids), ("state", "in", PLANNED_STATES)])
        requests._confirm_parts()
        states = {stage.state for stage in changed}
        for stage in self._maintenance_get_added():
            others = self.search([("state", "=", stage.state)]) - stage
            if stage.state in states and others and not stage._maintenance_is_used():
                stage.unlink()
        if not self.search([("state", "=", False)], limit=1):
            self.env["maintenance.first.step"]._maintenance_settle("ask_stages")
