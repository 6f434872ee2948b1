from . import test_phone_send
