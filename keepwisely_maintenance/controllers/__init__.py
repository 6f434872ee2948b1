from . import report, scan, work
