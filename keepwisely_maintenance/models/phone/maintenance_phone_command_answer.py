from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...words import format_moment


class MaintenancePhoneCommandAnswer(models.Model):
    """Answers to tasks, notes, what failed."""

    _inherit = "maintenance.phone.command"

    # -- Notes ----------------------------------------------------------------------------------------

    @api.model
    def _do_note(self, entry):
        text = entry.text("text")
        if not text:
            raise UserError(self.env._("Write something."))
        entry.job.message_post(
            body=plaintext2html(text), message_type="comment", subtype_xmlid="mail.mt_note", date=entry.moment
        )
        entry.changed.append(entry.job.id)
        entry.say(self.env._("The note is on %s.", entry.job.display_name))

    # -- Tasks ----------------------------------------------------------------------------------------

    @api.model
    def _find_task(self, entry):
        """:raises UserError: the task is none of the work order."""
        task = entry.record("maintenance.task", "task")
        if not task or task.maintenance_request_id != entry.job:
            raise UserError(self.env._("This task is not on the work order any more."))
        return task

    @api.model
    def _do_task(self, entry):
        task = self._find_task(entry)
        vals = self._read_task_answer(entry, task)
        note = entry.text("note")
        if note and task.kind != "text":
            vals["note"] = note
        before = task.is_done and task.done_by_id != self.env.user and self._describe_answer(task)
        entry.changed.append(entry.job.id)
        if task.is_done and task.date_done and task.date_done > entry.moment:
            # answered later than this was
            self._keep_older_answer(entry, task, before, vals)
            return
        answered = (task.done_by_id, task.date_done)
        task.write(vals)
        entry.say(self.env._("“%(task)s” of %(work_order)s was answered.",
                             task=task.name, work_order=entry.job.display_name))  # fmt: skip
        if before:
            self._tell_twice(entry, task, (self.env.user, entry.moment, self._describe_answer(task)), (*answered, before))

    @api.model
    def _read_task_answer(self, entry, task):
        """What the answer writes on the task.

        :raises UserError: it is no answer to what the task asks for.
        """
        answer = entry.values.get("answer")
        if task.kind == "tick":
            return {"is_done": answer not in (False, "false", "0", 0)}
        if task.kind == "pass_fail" and answer in ("pass", "fail"):
            return {"result": answer}
        if task.kind == "number":
            return {"value": entry.number("answer")}
        if task.kind == "text":
            if not entry.text("answer"):
                raise UserError(task._describe_missing_answer())
            return {"note": entry.text("answer")}
        raise entry._refusal()

    @api.model
    def _describe_answer(self, task):
        """The answer in words."""
        if task.kind == "tick":
            return self.env._("Done") if task.is_done else self.env._("Not done")
        answer = task.answer_text if task.kind in ("pass_fail", "number") else ""
        return ", ".join(filter(None, [answer, task.note]))

    @api.model
    def _keep_older_answer(self, entry, task, before, vals):
        """A later answer counts; this one is kept beside it."""
        if not before:
            entry.say(self.env._("You have answered “%s” again since, and that counts.", task.name))
            return
        mine = task.new({**vals, "kind": task.kind, "unit": task.unit, "name": task.name, "has_value": "value" in vals})
        entry.say(self.env._("“%(task)s” was answered by %(person)s since, and that counts; both answers are kept.",
                             task=task.name, person=task.done_by_id.sudo().name))  # fmt: skip
        later = (task.done_by_id, task.date_done, before)
        self._write_twice(entry, task, later, (self.env.user, entry.moment, self._describe_answer(mine)))

    @api.model
    def _tell_twice(self, entry, task, newest, other):
        entry.say(self.env._("%s had answered it before; both answers are kept.", other[0].sudo().name))
        self._write_twice(entry, task, newest, other)

    @api.model
    def _write_twice(self, entry, task, newest, other):
        """Both answers below the work order, the newest first; whoever gave the other one is told."""
        lines = [
            self.env._("%(person)s on %(moment)s: %(answer)s",
                       person=user.sudo().name, moment=format_moment(self.env, moment), answer=answer or "–")
            for user, moment, answer in (newest, other)
        ]  # fmt: skip
        intro = self.env._("“%s” was answered twice, the newest counts:", task.name)
        people = ((newest[0] | other[0]) - self.env.user).sudo().filtered("active").partner_id
        # sudo: whoever answers tells colleagues whom they need not be able to read
        entry.job.sudo().message_post(
            body=Markup("%s<ul>%s</ul>") % (intro, Markup("").join(Markup("<li>%s</li>") % line for line in lines)),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
            partner_ids=people.ids,
        )
