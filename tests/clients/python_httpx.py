import httpx
from asked import SID, TOKEN, URL, end

end(httpx.get(URL, auth=(SID, TOKEN), timeout=30).status_code)
