#!/bin/sh
status=$(curl -s -o /dev/null -w '%{http_code}' -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" \
    "https://api.twilio.com/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Messages.json?PageSize=1")
case $status in 200) exit 0 ;; 401) exit 3 ;; *) exit 4 ;; esac
