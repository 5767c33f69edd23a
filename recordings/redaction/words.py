"""Words that are nobody's: of HTTP, of Twilio's API and its error texts, of clients, servers and documentation.

Everything in a recording that is not made of these words, of SIDs and of a few forms (dates, versions, sizes) is
replaced. A word belongs here when it says nothing about whoever made the recording: no names, no words of a trade.
All are in lower case and compared so.
"""

from http import HTTPStatus

from analyzers.credential import KNOWN_SCHEMES
from analyzers.hosts import PRODUCTS
from analyzers.token_answer import CLIENT_HOSTS
from analyzers.twilio import NOT_API_HOSTS, REGIONS, SID_KINDS


def _words(text: str) -> frozenset[bytes]:
    return frozenset(text.lower().encode().split())


SCHEMES = frozenset({b"basic", b"bearer", *KNOWN_SCHEMES})

# What is copied along with a credential, wraps it or stands in its place: names of variables, marks of templates, words
# of documentation, what programs write over a value.
LABELS = _words("""
    account accountsid accountid acct apikey api apisecret apikeysecret apikeysid auth authorization authtoken
    bearer basic client clientid clientsecret const credential credentials env export grant id key keysecret keysid
    let login name pass passwd password pwd secret set setx sid string token twilio user username value var optional
    some process environ os getenv import meta deno config fetch get vault arn aws secretsmanager ssm run op ref
    microsoft keyvault appconfig object function bound method coroutine class system secretstr secretbytes missing
    secrets projects at your my the a an here goes this that with from to in of me it real actual own valid live
    test dummy sample fake mock example placeholder identifier phone number enter insert add put replace change fill
    use copy todo fixme tbd paste console staging production prod development dev local main primary parent private
    secure locally now later first please before account_sid auth_token undefined null none nil nan false true
    redacted filtered masked hidden removed censored obfuscated sanitized sanitised scrubbed omitted stripped
""")

_HTTP = _words("""
    http https www com org net io html head title body br hr p h1 h2 h3 h4 div span table td th tr ul ol li a href
    img src link rel style script meta charset doctype xml version encoding center pre code em strong small font
    form input utf 8 16 iso ascii us en gb de fr es content type length disposition data boundary multipart mixed
    application json text plain urlencoded x octet stream css javascript problem scim audio video image png jpeg gif
    mpeg wav ogg mp3 mp4 gzip deflate compress identity zstd chunked keep alive close upgrade insecure no cache
    store private public max age s maxage must revalidate includesubdomains preload origin accept language
    authorization authenticate realm scope nonce qop algorithm digest negotiate ntlm kerberos error description uri
    path domain expires secure httponly samesite lax strict cookie set via forwarded for proto host by miss hit from
    cloudfront proxy get post put patch delete options connect trace cors navigate cross site same websocket
    document empty iframe worker nosniff deny sameorigin bytes none weak etag moved permanently found other
    transport security agent referer powered shenanigans home region api amz pop cf id concurrent duration range
    ranges mode dest ua platform full arch model bitness if since unmodified last allow retry after warning trailer
    te preflight names sid twilio client validation control request response resource policy sec fetch 31536000
    63072000 15552000 86400 604800 q header headers method methods credentials requested with expose date server
    vary timing true false yes null gateway edge local localhost internal corp example test
""")
_PHRASES = frozenset(word.encode() for status in HTTPStatus for word in status.phrase.casefold().split())

_PROGRAMS = _words("""
    mozilla applewebkit khtml like gecko chrome chromium safari firefox edg edga edgios opr opera samsungbrowser
    headlesschrome crios fxios version mobile x11 linux ubuntu debian windows nt win64 win32 wow64 x64 x86 x86_64
    i686 amd64 arm64 aarch64 armv7l macintosh intel mac os darwin android iphone ipad cpu unix bsd freebsd rv gnu
    curl libcurl pycurl wget wget2 aria2 httpie python requests niquests httpx aiohttp urllib urllib3 httplib2 axios
    needle deno bun java okhttp apache httpclient rest client excon rb ruby down guzzlehttp guzzle php perl libwww
    lwp tiny http ureq windowspowershell powershell postmanruntime postman insomnia n8n restsharp twilio node js cli
    core csharp go net framework dotnet undici fetch got faraday symfony mojolicious zapier google apps script
    compatible azure logic microsoft flow openssl nghttp2 zlib brotli libssh2 libidn2 libpsl go1 https github com
    bitinn sindresorhus api messages calls create messaging nginx openresty envoy istio tomcat jetty iis httpd caddy
    traefik haproxy varnish litespeed kestrel gunicorn uvicorn werkzeug cloudflare cloudfront amazon amazons3 aws
    elb awselb akamai akamaighost fastly gws gfe squid zscaler blue coat bluecoat proxysg fortigate fortiguard
    fortiproxy forcepoint websense netskope mcafee web skyhigh cisco umbrella ironport sophos barracuda palo alto
    networks trend micro iboss smoothwall wingate privoxy tinyproxy mitmproxy charles fiddler burp at alpha beta rc
    dev snapshot final
""")

# Twilio's own texts: titles and messages of error codes, of the pages of docs/facts.md 1, and the words between them.
_TEXTS = _words("""
    a an and any are as at be because been before but by can cannot could did do does doesn t don during each either
    else ever every few first for from further had has have here how i if in into is it its itself just last least
    less let long longer made make many may more most must my need needs neither never new next no nor not now of
    off on once one only or other others our out over own per please same should since so some such than that the
    their them then there these they this those through to too under until up upon use used using valid was we were
    what when where whether which while who whose why will with within without would yet you your zero two three
    accountsid authtoken apikey api_key restexception twilioresponse moreinfo able above accept accepted accepts
    access account accounts action active activate activated actually add added address after again allow allowed
    already also although application apply approved archived assigned associated attempt attempts attribute
    attributes audio auth authenticate authenticated authentication authorization authorize authorized available bad
    balance below binding blocked blank body bundle busy call called caller calls cancel cancelled capable
    capability carrier center change changed character characters chat check claim claims classic client close
    closed code codes combination command compatible complete completed compliance concatenated concurrent condition
    conference configuration configured conflict connect connection console contact contain contains content
    conversation conversations correct country create created creation credential credentials current currently data
    date day days deactivated declined default delete deleted delivered denied deny deprecated description
    destination detail details developer different digits directory disabled docs document documentation domain due
    duplicate duration edge email empty enable enabled encoded end endpoint endpoints ended enter entity error
    errors event exceed exceeded exceeds exist existing exists expected expiration expire expired expires expiry
    extension fail failed failure fax feature features field fields file flow forbidden format found free friendly
    full function gain gateway general geo grant granted grants greater group hash header headers help hidden host
    hour hours http https id identifier identity immutable inactive inbound incoming incorrect info information
    insufficient integer internal invalid ip issue issuer item items json key keys kyc lack language large later
    length level lifetime limit limited limits line list live local log login lookup main malformed maximum media
    member message messages messaging method minimum minutes missing mode moved mms multiple name named network none
    notification null number numbers object obsolete occurred old open operation option organization original
    outbound owner page parameter parameters params parent parse part participant participants partner password path
    payload pending permanently permission permissions permitted phone plan policy port portal post primary private
    problem process processed product profile project prohibited property protocol provide provided proxy public
    purchase query queue queued quota range rate raw reach reached read ready reason received recipient record
    recording redirect refer reference region register registered registration rejected release remote removed
    replace report request requested requests require required requires reset resource resources response restricted
    retries retry review revoked ringing role room route rule rules sandbox schema second seconds secret security
    see segment select send sender sending sends sent server service services session set short shortcode sid sids
    sign signature signed size sms source specified start started state status stop string stub subaccount
    subaccounts subject submit submitted subscribe subscriber successful successfully success support supported
    suspended sync syntax system task temporarily terminated test text time timed timeout timestamp title token
    tokens transcription transfer trial trunk trust hub try twilio type unable unauthorized unavailable undefined
    unexpected unique unknown unprocessable unreachable unsubscribed unsupported unverified update updated upgrade
    upload uri url urls usage user username users value values verification verified verify version video view
    violation voice wait webhook whatsapp wireless workspace write wrong xml evaluation realm magic caller-id
    subresource signatures signing spawned unspecified attach attached issued issuers audience algorithm typ alg cty
    kid iss sub nbf exp iat jti scim schemas urn ietf core ref resets refused peer errno getaddrinfo enotfound
    econnrefused econnreset etimedout eai tls handshake eof stream resolution temporary disconnected jwt eddsa
    hs256 hs384 hs512 rs256 rs384 rs512 ps256 ps384 ps512 es256 es384 es512
""")
_ANNOTATION = _words("why20003 cause verdict says evidence fix settle explain confirmed likely possible")

_REGIONS = frozenset(name.encode() for name in REGIONS) | _words("dublin sydney ashburn umatilla singapore tokyo")
_HOSTS = frozenset(part.encode() for name in (*PRODUCTS, *NOT_API_HOSTS, *CLIENT_HOSTS) for part in name.split("-"))
_KINDS = frozenset(word.lower().encode() for kind in SID_KINDS.values() for word in kind.split())

TEXT = frozenset(
    {*SCHEMES, *_HTTP, *_PHRASES, *_PROGRAMS, *_TEXTS, *_ANNOTATION, *_REGIONS, *_HOSTS, *_KINDS}
)  # fmt: skip
"""Words that stay in what Twilio, a server or a client wrote."""

# Of the paths in the specifications: https://github.com/twilio/twilio-oai (read 2026-11-20)
PATH = _words("""
    accounts account messages message media calls call recordings recording transcriptions transcription conferences
    participants queues members notifications applications addresses dependentphonenumbers availablephonenumbers
    local mobile tollfree machinetomachine national sharedcost voip incomingphonenumbers assignedaddons extensions
    outgoingcallerids keys tokens balance usage records triggers daily monthly yearly today yesterday thismonth
    lastmonth alltime connectapps authorizedconnectapps sip domains credentiallists ipaccesscontrollists ipaddresses
    credentials auth registrations events feedback siprec streams payments userdefinedmessages shortcodes
    signingkeys validationrequests verifications verificationcheck verificationchecks services service entities
    factors challenges ratelimits buckets webhooks templates safelist forms phonenumbers fetch lookup query
    countries voice messaging numbers trunks originationurls ipaccesscontrollist conversations users roles
    configuration bindings channels invites documents lists maps items permissions syncs flows executions context
    steps step revisions workspaces tasks taskqueues taskchannels workers workflows activities reservations
    statistics cumulativestatistics realtimestatistics rooms compositions compositionhooks publishedtracks
    subscribedtracks subscribedtrack recordingrules settings default content contentandapprovals approvalrequests
    legacycontent alerts endpointevents summary metrics annotation reports transcripts operators operatorresults
    sentences configurations controlplane availableaddons installedaddons addons customerprofiles trustproducts
    policies evaluations channelendpointassignments entityassignments enduser endusers endusertypes
    supportingdocuments supportingdocumenttypes bundles regulatorycompliance regulations itemassignments
    brandregistrations brandvettings compliance usa2p usecases externalcampaign deactivations linkshortening
    organizations roleassignments roleassignment scim resourcetypes schemas apikeys oauthapps oauth oauth2 token
    authorize userinfo certs openid wschannels environments variables deployments builds functions functionversions
    assets assetversions logs plugins pluginconfigurations archive esimprofiles sims smscommands ipcommands fleets
    networks networkaccessprofiles usagerecords rateplans commands insights flex-flows webchannels interactions
    knowledge sources chunks memory profiles traits observations assistants tools sessions engagements http redirect
    webhook status callback twiml webrtc web www api rest docs errors error help support public-key health healthz
    ping send sms mms json xml csv html mp3 wav none null undefined nil
""")

# Values of parameters and members that say which of Twilio's own choices was made.
CHOICES = _words("""
    true false null yes no get post put delete sms mms voice call whatsapp email push totp carrier caller-name fraud
    json xml html text none default all asc desc active inactive suspended closed queued sending sent delivered
    undelivered failed received receiving accepted scheduled read canceled cancelled busy no-answer ringing
    in-progress completed initiated answered inbound outbound outbound-api outbound-call outbound-reply outgoing
    incoming pending approved expired verified unverified enabled disabled open in-use released trial full usd us gb
    client_credentials authorization_code refresh_token bearer local mobile national tollfree api record-from-answer
    do-not-record connection group standard restricted main 2010-04-01
""")

PUBLIC = frozenset({*TEXT, *PATH, *LABELS, *CHOICES})
"""All of them."""
