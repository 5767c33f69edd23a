import twilio from 'twilio';
import { end } from './asked.mjs';

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN } = process.env;
// The library itself refuses a username that does not begin with AC, so a swapped pair only gets out as an option.
const client = TWILIO_ACCOUNT_SID.startsWith('AC')
  ? twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN)
  : twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, { accountSid: TWILIO_AUTH_TOKEN });
try {
  await client.messages.list({ limit: 1 });
  end(200);
} catch (error) {
  end(error.status);
}
