import requests
from asked import SID, TOKEN, URL, end

end(requests.get(URL, auth=(SID, TOKEN), timeout=30).status_code)
