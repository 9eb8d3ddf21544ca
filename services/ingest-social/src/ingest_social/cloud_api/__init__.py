"""The Cloud API of WhatsApp: what its calls mean.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""
