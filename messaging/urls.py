"""Addresses that providers of messages call; people never see them."""

from django.urls import path

from .webhooks import notify, twilio

app_name = "messaging"

urlpatterns = [
    path("notify/bezorgd/", notify.receipt, name="notify-receipt"),
    path("notify/antwoord/", notify.reply, name="notify-reply"),
    path("twilio/sms/", twilio.reply, name="twilio-reply"),
    path("twilio/sms-stand/<uuid:reference>/", twilio.sms_status, name="twilio-sms-status"),
    path("twilio/toets/<uuid:reference>/", twilio.key, name="twilio-key"),
    path("twilio/stand/<uuid:reference>/", twilio.call_status, name="twilio-call-status"),
]
