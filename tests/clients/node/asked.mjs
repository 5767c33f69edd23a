// What every program here asks for, from the same variables that Twilio's libraries read; and how it ends.
const { TWILIO_ACCOUNT_SID: username, TWILIO_AUTH_TOKEN: password } = process.env;
export const pair = { username, password };
export const url = `https://api.twilio.com/2010-04-01/Accounts/${username}/Messages.json?PageSize=1`;
export const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
export const end = (status) => { process.exitCode = { 200: 0, 401: 3 }[status] ?? 4; };
