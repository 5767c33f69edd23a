import { end, headers, url } from './asked.mjs';

end((await fetch(url, { headers })).status);
