"""The mails of the sign-up, made like issues and sent by the transport; not who gets one."""
