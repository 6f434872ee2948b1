import threading
import uuid
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.service.model import retrying
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..commit_common import CommitCase


@tagged("post_install", "-at_install")
class TestPhoneAtOnce(CommitCase):
    """The same command on two connections, committed as requests are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            user = new_test_user(env, "kw_two_phones", groups="keepwisely_maintenance.group_maintenance_technician")
            other = new_test_user(env, "kw_two_phones_b", groups="keepwisely_maintenance.group_maintenance_technician")
            team = env["maintenance.team"].create({"name": "Two phones", "member_ids": [(6, 0, (user | other).ids)]})
            job = env["maintenance.request"].create({"name": "Two phones", "maintenance_team_id": team.id})
            job.action_approve()
            job.user_id = user
            job.action_assign()
            cls.user_id, cls.other_id, cls.job_id = user.id, other.id, job.id

    def _command(self, kind="hours", **values):
        return {
            "id": str(uuid.uuid4()), "kind": kind, "moment": fields.Datetime.to_string(fields.Datetime.now()),
            "job": self.job_id, "version": None, "values": values or {"minutes": 6},
        }  # fmt: skip

    def _receive(self, env, command):
        return env["maintenance.phone.command"]._receive(None, [command])[0]

    def _hours(self):
        with self.registry.cursor() as cr:
            return self._env(cr)["maintenance.labor"].search([("maintenance_request_id", "=", self.job_id)]).mapped("hours")

    def test_one_wins_and_the_other_is_tried_again(self):
        """The database refuses the second while the first is on its way; Odoo tries it again, and it gets the same answer."""
        command, before = self._command(), len(self._hours())
        with self.registry.cursor() as first, self.registry.cursor() as second:
            late = self._env(second, self.user_id)
            late["maintenance.phone.command"].search([], limit=1)  # its snapshot is of before
            answer = self._receive(self._env(first, self.user_id), command)
            first.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                self._receive(late, command)
            second.rollback()
            self.assertEqual(self._receive(self._env(second, self.user_id), command), answer)
        self.assertEqual(len(self._hours()), before + 1)

    def test_ten_threads(self):
        command, before, answers, errors = self._command(), len(self._hours()), [], []
        gate = threading.Barrier(6)

        def send():
            try:
                with self.registry.cursor() as cr:
                    env = self._env(cr, self.user_id)
                    gate.wait(30)
                    answers.append(retrying(lambda: self._receive(env, command), env))
            except Exception as error:  # told by the thread that waits
                errors.append(error)

        threads = [threading.Thread(target=send) for _number in range(6)]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertFalse(errors)
        self.assertEqual(len(answers), 6)
        self.assertTrue(all(answer == answers[0] for answer in answers), answers)
        self.assertEqual(len(self._hours()), before + 1)

    def test_killed_between_doing_and_answering(self):
        """What was done and its row stand or fall together."""
        command, before = self._command(), len(self._hours())
        with self.registry.cursor() as cr:
            self._receive(self._env(cr, self.user_id), command)
            cr.rollback()
        self.assertEqual(len(self._hours()), before, "nothing of it is there")
        for _time in range(2):
            with self.registry.cursor() as cr:  # commits
                answer = self._receive(self._env(cr, self.user_id), command)
        self.assertEqual(answer["state"], "sent")
        self.assertEqual(len(self._hours()), before + 1)

    def test_two_people_start_at_once(self):
        """Both start; whoever is tried again sees the other, and both are told."""
        moment = fields.Datetime.to_string(fields.Datetime.now() - timedelta(seconds=1))
        answers, gate = {}, threading.Barrier(2)

        def start(user_id):
            with self.registry.cursor() as cr:
                env = self._env(cr, user_id)
                gate.wait(30)
                answers[user_id] = retrying(
                    lambda: self._receive(env, {**self._command("start"), "moment": moment, "id": str(uuid.uuid4())}), env
                )

        threads = [threading.Thread(target=start, args=(user_id,)) for user_id in (self.user_id, self.other_id)]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual({answer["state"] for answer in answers.values()}, {"sent"}, answers)
        told = [answer for answer in answers.values() if "works on it as well" in answer["sentence"]]
        self.assertEqual(len(told), 1, answers)
