"""A plugin for pytest: each process of pytest-xdist works on a database of its own.

pytest-odoo has an answer to this, too: it clones the database, but leaves all processes the same folder of files. What one of
them writes there, another may read half written or collect as garbage. Here the clones are made beforehand, with their files.
"""

import os

import pytest


def arguments(processes):
    plugin = ("-p", __name__)
    if processes == 1:
        return plugin
    # Who has nothing left to do takes over half of what another one still has: classes stay together, mostly, and no list of
    # durations is needed. A crash is the end, as there is no database for another process.
    return *plugin, f"--numprocesses={processes}", "--dist=worksteal", "--max-worker-restart=0"


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before pytest-odoo's, which hands the options to Odoo
def pytest_cmdline_main(config):
    """The option names the beginning of the clones' names; they are numbered as the processes are."""
    worker = os.environ.pop("PYTEST_XDIST_WORKER", "gw0")  # left there, it would have pytest-odoo clone again
    config.option.odoo_database += worker.removeprefix("gw")
    return (yield)
