from odoo.tests import tagged

from ..asset.test_scan_page import ScanCase

#: What a thumb needs, and what a screen reader says. The page runs no script; this one comes from outside.
PHONE_CHECK = """
const problems = [];
if (document.documentElement.scrollWidth > innerWidth) problems.push("scrolls sideways");
for (const element of document.querySelectorAll("button, textarea, input[type=file], input[type=text], input[type=tel]")) {
    if (element.closest(".visually-hidden")) continue;
    const box = element.getBoundingClientRect();
    if (box.height < 36) problems.push(`${element.name || element.textContent} is ${box.height} px high`);
    if (box.right > innerWidth) problems.push(`${element.name || element.textContent} is cut off`);
    const spoken = element.textContent.trim() || (element.labels && element.labels.length);
    if (!spoken) problems.push(`${element.name} has no label`);
}
if (document.scripts.length) problems.push("has a script");
if (!document.querySelector("input[type=file][capture]")) problems.push("does not open the camera");
if (problems.length) console.error(problems.join("; "));
else console.log("test successful");
"""


@tagged("post_install", "-at_install")
class TestReportTours(ScanCase):
    """Reporters, in the browser, at the size of a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def _completed(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        return request.with_user(self.operator)

    def test_not_fixed(self):
        request = self._completed()
        self.start_tour("/odoo/my-maintenance-reports", "keepwisely_reporter_says_not_fixed", login="kw_operator")
        self.assertEqual((request.state, request.not_fixed_count), ("assigned", 1))

    def test_fixed(self):
        request = self._completed()
        self.start_tour("/odoo/my-maintenance-reports", "keepwisely_reporter_confirms", login="kw_operator")
        self.assertTrue(request.date_fix_confirmed)

    def test_the_scanned_page_fits_a_phone(self):
        self._report(name="A long description of what is wrong " * 5)
        self.conveyor.name = "Conveyorwithanamethatnobodycanbreakanywhereinthemiddle 3"
        self.browser_js(self.page, PHONE_CHECK, "document.readyState === 'complete'")
        self.browser_js(self.page, PHONE_CHECK, "document.readyState === 'complete'", login="kw_operator")
