"""A phone with the page on it, driven by the browser's own protocol: its network can be cut, and it can be killed."""

import json
import shutil
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import requests
import websocket

from odoo.tests.common import HOST, ChromeBrowser, ChromeBrowserException

OFFLINE = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
ONLINE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
PAGE = "/maintenance/work"
CLOCK = """(() => {
    globalThis.__real ??= Date;
    const Real = globalThis.__real;
    globalThis.__shift = %d;
    globalThis.Date = class extends Real {
        constructor(...given) { given.length ? super(...given) : super(Real.now() + globalThis.__shift); }
        static now() { return Real.now() + globalThis.__shift; }
    };
})()"""
#: Seconds until something has to be seen, and until the page has to answer.
PATIENCE = 60
ANSWER = 20


class Phone(ChromeBrowser):
    """Chromium with a profile that outlives it. Open it in a ``with``; ``kill`` and `reopened` are a battery that died."""

    def __init__(self, test_case, profile=None):
        self.profile = profile or tempfile.mkdtemp(suffix="_phone")
        # what the one before said of its port
        Path(self.profile, "DevToolsActivePort").unlink(missing_ok=True)
        self.workers = {}
        self.is_online = True
        self.is_lost = lambda params: False
        self.errors = []
        with patch.object(tempfile, "mkdtemp", return_value=self.profile):
            super().__init__(test_case)
        self._websocket_request("Network.enable")
        # requests as they leave, those of the page also as they are answered
        patterns = [{"urlPattern": "*"}, {"urlPattern": f"*{PAGE}/*", "requestStage": "Response"}]
        self._websocket_request("Fetch.enable", params={"patterns": patterns})

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.kill()
        shutil.rmtree(self.profile, ignore_errors=True)

    def restart(self):
        """Killed, and opened again later with what it had; without a session, since that was in its memory."""
        was_online = self.is_online
        self.kill()
        errors = self.errors
        self.__init__(self.test_case, self.profile)
        self.errors = errors
        if not was_online:
            self.cut()

    def kill(self):
        """As the battery does: nothing is saved, nobody is asked."""
        self._result.cancel()
        self.chrome.kill()
        self.chrome.wait(10)
        for socket in (*self.workers.values(), self.ws):
            socket.close()
        self.workers = {}
        self._receiver.join(10)

    def set_clock(self, **late):
        """The clock of the phone, so much later (or earlier, below zero) than it is."""
        shift = int(timedelta(**late).total_seconds() * 1000)
        script = CLOCK % shift
        self._websocket_request("Page.addScriptToEvaluateOnNewDocument", params={"source": script})
        self.run(script)

    # -- Looking and doing ---------------------------------------------------------------------------------------------

    def run(self, script, timeout=ANSWER):
        """The value of an expression of the page, awaited."""
        params = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        answer = self._websocket_request("Runtime.evaluate", params=params, timeout=timeout)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise AssertionError(f"{script}: {details.get('exception', {}).get('description') or details['text']}")
        return answer["result"].get("value")

    def wait(self, script, timeout=PATIENCE):
        """Wait until an expression is true. :returns: its value"""
        until = time.monotonic() + timeout
        while True:
            try:
                found = self.run(script)
            except (AssertionError, TimeoutError, ChromeBrowserException) as error:
                found, problem = None, error  # the page is being loaded
            else:
                problem = None
            if found:
                return found
            if time.monotonic() > until:
                shown = self.run("document.body.innerText.slice(0, 2000)")
                raise AssertionError(f"still not: {script}\n{problem or ''}\n{shown}")
            time.sleep(0.05)

    def open(self, place="", timeout=PATIENCE):
        self._websocket_request("Page.navigate", params={"url": f"http://{HOST}:{self.test_case.http_port()}{PAGE}{place}"})
        self.wait("odoo.isReady === true && !!odoo.work", timeout)

    def go(self, place):
        self.run(f"void (location.hash = {json.dumps(place)})")

    def tap(self, text, within="body"):
        """Press the button, link or field that says ``text``."""
        self.wait(
            f"""(() => {{
                const all = [...document.querySelector({json.dumps(within)}).querySelectorAll("button, a, summary, label")];
                const named = (el) => (el.getAttribute("aria-label") || el.innerText).trim();
                const found = all.filter((el) => !el.disabled && el.getClientRects().length)
                    .find((el) => named(el) === {json.dumps(text)} || named(el).startsWith({json.dumps(text)} + "\\n"));
                found?.click();
                return !!found;
            }})()"""
        )

    def tap_on(self, selector):
        self.wait(f"document.querySelector({json.dumps(selector)})?.click() ?? !!document.querySelector({json.dumps(selector)})")

    def type(self, selector, text):
        self.wait(
            f"""(() => {{
                const field = document.querySelector({json.dumps(selector)});
                if (!field || field.disabled) return false;
                field.value = {json.dumps(text)};
                field.dispatchEvent(new Event("input", {{bubbles: true}}));
                field.dispatchEvent(new Event("change", {{bubbles: true}}));
                return true;
            }})()"""
        )

    def sees(self, text):
        self.wait(f"document.body.innerText.includes({json.dumps(text)})")

    def choose_file(self, path, selector="input[type=file]"):
        document = self._websocket_request("DOM.getDocument", params={"depth": 0})
        node = self._websocket_request(
            "DOM.querySelector", params={"nodeId": document["root"]["nodeId"], "selector": selector}
        )
        self._websocket_request("DOM.setFileInputFiles", params={"nodeId": node["nodeId"], "files": [str(path)]})

    # -- Network -------------------------------------------------------------------------------------------------------

    def cut(self):
        self.is_online = False
        self._emulate()

    def connect(self, is_lost=None):
        """Network again.

        :param is_lost: says of a request, or of its answer, whether it gets lost on the way; a number is how many seconds it
            takes.
        """
        self.is_online = True
        self.is_lost = is_lost or (lambda params: False)
        self._emulate()
        self.run("void dispatchEvent(new Event('online'))")

    def _emulate(self):
        params = ONLINE if self.is_online else OFFLINE
        self._websocket_request("Network.emulateNetworkConditions", params=params)
        for target in requests.get(f"http://{HOST}:{self.devtools_port}/json/list", timeout=5).json():
            if target["type"] == "service_worker" and target["id"] not in self.workers:
                url = target["webSocketDebuggerUrl"]
                self.workers[target["id"]] = websocket.create_connection(url, suppress_origin=True, timeout=5)
        for socket in self.workers.values():
            for number, (method, given) in enumerate((("Network.enable", {}), ("Network.emulateNetworkConditions", params))):
                socket.send(json.dumps({"id": number, "method": method, "params": given}))

    def _handle_request_paused(self, **params):
        is_lost = PAGE in params["request"]["url"] and self.is_lost(params)
        if is_lost is True:
            given = {"requestId": params["requestId"], "errorReason": "ConnectionReset"}
            return self._websocket_send("Fetch.failRequest", params=given)
        if is_lost:
            return threading.Timer(is_lost, super()._handle_request_paused, kwargs=params).start()
        return super()._handle_request_paused(**params)

    def _handle_exception(self, exceptionDetails, timestamp):
        self.errors.append(exceptionDetails.get("exception", {}).get("description") or exceptionDetails["text"])

    def _handle_console(self, type, args=None, stackTrace=None, **rest):
        # a request without a network is an error to the browser, and a day to a phone
        return super()._handle_console("log" if type == "error" else type, args, stackTrace, **rest)
