"""Mails that come back, as servers write them: every one is invented."""

from __future__ import annotations

ID = "0123456789abcdef" * 2
QUOTED = (
    f"Message-ID: <{ID}@urne.example>\r\nFrom: urne@urne.example\r\n"
    "To: medlem1@example.no\r\nSubject: Stem\r\n\r\n"
    "http://stemme.test/s/lonn-2026#KODEKODEKODEKODEKODEKODE12.FPFPFPFPFPFPFPFP\r\n"
)
OURS = bytes.fromhex(ID)


def a_report(action: str, status: str, *, quoted: str = QUOTED) -> bytes:
    """Return a delivery status notification as RFC 3464 has it."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\n"
        "To: retur@urne.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;"
        ' boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; medlem1@example.no\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--B\r\nContent-Type: message/rfc822\r\n\r\n{quoted}\r\n--B--\r\n"
    ).encode()


def prose(text: str, **headers: str) -> bytes:
    """Return a bounce written for people."""
    told = {
        "Return-Path": "<>",
        "From": "Mail Delivery System <Mailer-Daemon@mx.example>",
        "To": "urne@urne.example",
        "Subject": "failure notice",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in told.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()


QMAIL = (
    "Hi. This is the qmail-send program at mx.example.\r\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
    "<medlem1@example.no>:\r\nUser unknown\r\n\r\n"
    f"--- Below this line is a copy of the message.\r\n\r\n{QUOTED}"
)
EXIM = (
    "This message was created automatically by mail delivery software.\r\n"
    "A message that you sent could not be delivered to one or more recipients.\r\n\r\n"
    f"------ This is a copy of the message, with all headers. ------\r\n\r\n{QUOTED}"
)
EXCHANGE = (
    "Your message did not reach some or all of the intended recipients.\r\n"
    "      medlem1@example.no on 03.03.2026 09:00\r\n"
    "            550 5.1.10 RESOLVER.ADR.RecipientNotFound\r\n"
    f"> Message-ID: <{ID}@urne.example>\r\n"
)
