import base64
import urllib.error
import urllib.request

from asked import SID, TOKEN, URL, end

request = urllib.request.Request(URL)  # noqa: S310 - https
request.add_header("Authorization", "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode())
try:
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - https
        status = answer.status
except urllib.error.HTTPError as error:
    status = error.code
end(status)
