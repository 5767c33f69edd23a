import got from 'got';
import { end, pair, url } from './asked.mjs';

end((await got(url, { ...pair, throwHttpErrors: false, retry: { limit: 0 } })).statusCode);
