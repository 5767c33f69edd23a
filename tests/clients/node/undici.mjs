import { request } from 'undici';
import { end, headers, url } from './asked.mjs';

const { statusCode, body } = await request(url, { headers });
await body.dump();
end(statusCode);
