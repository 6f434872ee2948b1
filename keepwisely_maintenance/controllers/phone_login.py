from odoo.http import request, route

from odoo.addons.web.controllers.home import Home
from odoo.addons.web.controllers.session import Session

#: Tells the page (static/src/phone/store/device.js) that somebody else may be there now.
COOKIE = "maintenance_work"
YEAR = 365 * 24 * 60 * 60


def _leave_device():
    request.future_response.set_cookie(COOKIE, "left", max_age=YEAR, path="/maintenance/work", samesite="Lax")


class MaintenancePhoneLogin(Home):
    def _login_redirect(self, uid, redirect=None):
        """Whoever logs in: what the person before had on a shared device no longer opens."""
        _leave_device()
        return super()._login_redirect(uid, redirect=redirect)


class MaintenancePhoneSession(Session):
    @route()
    def logout(self, redirect="/odoo"):
        _leave_device()
        return super().logout(redirect=redirect)

    @route()
    def destroy(self):
        _leave_device()
        return super().destroy()
