from . import phone_login, report, scan, work, work_manifest
