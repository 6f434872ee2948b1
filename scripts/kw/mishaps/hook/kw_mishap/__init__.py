"""Loaded by the servers of `make faults` only (`--load`): a request can ask that the server is killed in the midst of it.

The header X-Mishap says where: `execute 57` before its 57th statement, `before 1` before its first commit, `after 1` behind
it, when nobody has had an answer yet; `count` kills nothing. Each such request that ends logs how many there were.
"""

import logging
import os
import select
import signal
import threading
import time

from odoo import SUPERUSER_ID, api, http
from odoo.http import Application
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor

_logger = logging.getLogger("kw_mishap")
_request = threading.local()


def _die():
    os.killpg(os.getpgid(0), signal.SIGKILL)  # the server is the head of a group of its own


def _happen(where, number):
    if _request.point == (where, number):
        _die()


def _count(kind):
    _request.counts[kind] += 1
    return _request.counts[kind]


def _execute(self, *args, **kwargs):
    if getattr(_request, "point", None):
        _happen("execute", _count("execute"))
    return native_execute(self, *args, **kwargs)


def _commit(self):
    if getattr(_request, "point", None):
        self.flush()  # what a commit writes is written before it
        number = _count("commit")
        _happen("before", number)
        # before all else that follows a commit
        self.postcommit._funcs.appendleft(lambda: _happen("after", number))
    return native_commit(self)


def _call(self, environ, start_response):
    asked = environ.get("HTTP_X_MISHAP")
    if not asked:
        return native_call(self, environ, start_response)
    where, _space, number = asked.partition(" ")
    _request.point, _request.counts = (where, int(number or 0)), {"execute": 0, "commit": 0}
    try:
        return native_call(self, environ, start_response)
    finally:
        _logger.info("statements %(execute)s, commits %(commit)s", _request.counts)
        _request.point = None


if "FAKETIME_TIMESTAMP_FILE" in os.environ:  # libfaketime gets the moment wrong until which Python asks to sleep
    time.sleep = lambda seconds: select.select((), (), (), seconds) and None
native_execute, native_commit, native_call = Cursor.execute, Cursor.commit, Application.__call__
Cursor.execute, Cursor.commit, Application.__call__ = _execute, _commit, _call


class Books(http.Controller):
    @http.route("/kw_mishap/books", type="http", auth="none", save_session=False)
    def books(self):
        """What does not agree, a line each; the same as `bench/books.py` without the start of another Odoo."""
        from odoo.addons.keepwisely_maintenance.tests.house.books import Books

        with Registry(http.request.db).cursor() as cr:
            wrong = Books(api.Environment(cr, SUPERUSER_ID, {})).find_wrong()
            cr.rollback()
        return http.request.make_response("\n".join(["looked", *wrong]), [("Content-Type", "text/plain")])
