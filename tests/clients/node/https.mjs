import https from 'node:https';
import { end, headers, url } from './asked.mjs';

https.get(url, { headers }, (answer) => { answer.resume(); end(answer.statusCode); });
