from . import report, scan
