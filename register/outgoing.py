"""A claimed message on its way out: by mail or SMS, with what became of it."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from infra.mail import (
    MailDeferred,
    MailRefused,
    MailUncertain,
    Transport,
    open_transport,
)
from infra.messages import MessageMalformed
from infra.runtime import Runtime
from infra.sms import HttpSmsGateway, SmsDeferred, SmsRefused, SmsUncertain
from register.handing_in import Batch, Claimed
from register.mails import address_mail, render_mail, render_sms, sender_name
from register.roll_phases import MessageChannel, MessageState


class Outgoing:
    """The doors of one batch; each is opened at its first message."""

    def __init__(self, runtime: Runtime, batch: Batch) -> None:
        self._runtime = runtime
        self._batch = batch
        self._open = ExitStack()
        self._transport: Transport | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def hand_in(self, claimed: Claimed, message_id: bytes) -> MessageState:
        """Send a claimed message; return SENT, QUEUED, REFUSED or UNCERTAIN.

        QUEUED: surely not taken, to be tried again.
        """
        if claimed.channel == MessageChannel.SMS:
            return self._send_sms(claimed, message_id)
        return self._send_mail(claimed, message_id)

    def _send_mail(self, claimed: Claimed, message_id: bytes) -> MessageState:
        batch = self._batch
        template = batch.template_for(claimed.language)
        mail = render_mail(batch.head, batch.kind, template, claimed.member)
        try:
            self._mail().send(
                address_mail(batch.head, mail, claimed.address, token=message_id.hex())
            )
        except (MailRefused, MessageMalformed):
            return MessageState.REFUSED
        except MailUncertain:
            return MessageState.UNCERTAIN
        except MailDeferred:
            return MessageState.QUEUED
        return MessageState.SENT

    def _send_sms(self, claimed: Claimed, message_id: bytes) -> MessageState:
        batch, settings = self._batch, self._runtime.settings.sms
        if settings is None:
            return MessageState.QUEUED  # the gateway was taken away: it waits
        template = batch.template_for(claimed.language)
        if not template.sms:
            template = batch.template_for(None)
        text = render_sms(batch.head, template, claimed.member)
        try:
            HttpSmsGateway(settings).send(claimed.address, text, message_id.hex())
        except SmsRefused:
            return MessageState.REFUSED
        except SmsUncertain:
            return MessageState.UNCERTAIN
        except SmsDeferred:
            return MessageState.QUEUED
        return MessageState.SENT

    def _mail(self) -> Transport:
        if self._transport is None:
            self._transport = self._open.enter_context(
                open_transport(
                    self._runtime.settings,
                    self._runtime.clock,
                    sender_name=sender_name(self._batch.head),
                )
            )
        return self._transport
