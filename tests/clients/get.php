<?php
$sid = getenv('TWILIO_ACCOUNT_SID');
$call = curl_init("https://api.twilio.com/2010-04-01/Accounts/$sid/Messages.json?PageSize=1");
curl_setopt($call, CURLOPT_RETURNTRANSFER, true);
curl_setopt($call, CURLOPT_USERPWD, $sid . ':' . getenv('TWILIO_AUTH_TOKEN'));
curl_exec($call);
exit([200 => 0, 401 => 3][curl_getinfo($call, CURLINFO_RESPONSE_CODE)] ?? 4);
