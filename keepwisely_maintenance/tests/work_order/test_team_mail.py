import base64

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..asset.test_scan_page import make_photo
from ..common import MaintenanceCase

MAIL = """Return-Path: {return_path}
To: {to}
From: {sender}
Subject: {subject}
Message-ID: <{number}@example.com>
{headers}Date: Fri, 10 Aug 2012 14:16:26 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="limit"

--limit
Content-Type: {kind}; charset=utf-8

{body}
--limit
Content-Type: image/jpeg; name="noise.jpg"
Content-Disposition: attachment; filename="noise.jpg"
Content-Transfer-Encoding: base64

{photo}
--limit--
"""


class TeamMailCase(MaintenanceCase):
    """A team with an address, and people who write to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.alias.domain"].search([]).unlink()
        domain = cls.env["mail.alias.domain"].create({"name": "plant.example.com"})
        cls.env["res.company"].search([]).alias_domain_id = domain
        cls.team.write({"alias_name": "mechanics", "alias_domain_id": domain.id})
        cls.operator.email = "olivia@example.com"
        cls.number = 0

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def _mail(
        self, sender="eve@example.com", subject="Noise", body="It squeals.", kind="text/plain", headers="", to=None,
        return_path=None,
    ):  # fmt: skip
        type(self).number += 1
        source = MAIL.format(
            return_path=return_path or f"<{sender}>", sender=sender, subject=subject, body=body, kind=kind, headers=headers,
            number=self.number,
            to=to or "mechanics@plant.example.com", photo=base64.b64encode(make_photo()).decode(),
        )  # fmt: skip
        gateway = self.env["mail.thread"].with_user(self.env.ref("base.user_root"))
        thread = gateway.message_process(None, source.encode())
        return self.env["maintenance.request"].browse(thread)


@tagged("post_install", "-at_install")
class TestTeamMail(TeamMailCase):
    """An e-mail to the address of a team is a report."""

    def test_a_stranger_writes(self):
        request = self._mail()
        self.assertEqual((request.name, request.state, request.reported_via), ("Noise", "requested", "email"))
        self.assertEqual((request.maintenance_team_id, request.company_id), (self.team, self.company))
        self.assertFalse(request.owner_user_id, "not whoever runs the mail gateway")
        self.assertIn("It squeals.", request.description)
        message = request.message_ids[:1]
        self.assertEqual(message.email_from, "eve@example.com")
        self.assertEqual(message.attachment_ids.mapped("name"), ["noise.jpg"])
        self.assertEqual((message.attachment_ids.res_model, message.attachment_ids.res_id), (request._name, request.id))
        request.with_user(self.planner).action_approve()
        self.assertEqual(request.with_user(self.technician).name, "Noise", "the team sees it")

    def test_a_colleague_writes(self):
        request = self._mail(sender="Olivia <olivia@example.com>")
        self.assertEqual((request.owner_user_id, request.reported_via), (self.operator, "email"))
        self.assertEqual(request.with_user(self.operator).progress_message, "Reported. A planner looks at it next.")
        self.assertIn(self.operator.partner_id, request.message_partner_ids)
        request.with_user(self.planner).action_approve()

    def test_html(self):
        request = self._mail(
            body="<html><body><p>Fire &amp; <b>smoke</b></p><script>alert(1)</script><img src=x onerror=alert(2)></body></html>",
            kind="text/html",
        )
        self.assertIn("smoke", request.description)
        for text in (request.description, *request.message_ids.mapped("body")):
            self.assertNotIn("<script", text)
            self.assertNotIn("onerror", text)
        self.assertNotIn("<img", request.description)

    def test_subjects(self):
        huge = self._mail(subject="Noise " * 5000)
        self.assertLessEqual(len(huge.name), 80)
        self.assertTrue(huge.name.startswith("Noise Noise"))
        self.assertEqual(self._mail(subject="").name, "It squeals.", "the beginning of the message")
        self.assertEqual(self._mail(subject="", body="").name, "Report by e-mail")
        self.assertEqual(self._mail(subject="<script>alert(1)</script>").name, "<script>alert(1)</script>")

    def test_a_long_message(self):
        request = self._mail(body="Noise. " * 20000)
        self.assertLess(len(request.description), 3000, "the whole of it stands in the messages")
        self.assertGreater(len(request.message_ids[:1].body), 100000)

    def test_the_team_of_another_company(self):
        """Natively the company of whoever runs the gateway wins, and the team is lost."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        company.alias_domain_id = self.company.alias_domain_id
        team = self.env["maintenance.team"].create({"name": "Theirs", "company_id": company.id, "alias_name": "theirs"})
        for sender in ("eve@example.com", "olivia@example.com"):
            request = self._mail(sender=sender, to="theirs@plant.example.com")
            self.assertEqual((request.company_id, request.maintenance_team_id), (company, team))

    def test_a_reply_joins_the_work_order(self):
        request = self._mail()
        asked = request.with_user(self.planner).message_post(body="Since when?", subtype_xmlid="mail.mt_comment")
        count = self.env["maintenance.request"].search_count([])
        same = self._mail(subject="Re: Noise", body="Since Monday.", headers=f"References: {asked.message_id}\n")
        self.assertEqual(same, request)
        self.assertEqual(self.env["maintenance.request"].search_count([]), count)
        self.assertIn("Since Monday.", request.message_ids[0].body)
        self.assertNotIn("Since Monday", request.description)
        self.assertEqual(request.name, "Noise")
        request.with_user(self.planner).action_approve()
        request.with_user(self.technician).action_start()
        request.with_user(self.technician).action_complete()
        self._mail(subject="Re: Noise", body="Thanks", headers=f"References: {asked.message_id}\n")
        self.assertEqual(request.state, "completed", "a reply moves nothing")
