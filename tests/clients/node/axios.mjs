import axios from 'axios';
import { end, pair, url } from './asked.mjs';

end((await axios.get(url, { auth: pair, validateStatus: null })).status);
