"""Messages and comments of Facebook pages and Instagram accounts: what the two channels share.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""
