// A mockttp proxy in front of the origin: node mockttp_proxy.mjs PORT ORIGIN_PORT. Adds a key to the JSON of a 401.
import { createRequire } from "node:module";
import { join } from "node:path";

const mockttp = createRequire(join(process.env.MOCKTTP_HOME, "index.js"))("mockttp");
const [port, origin] = process.argv.slice(2).map(Number);
const server = mockttp.getLocal({ recordTraffic: false });

await server.forAnyRequest().thenPassThrough({
  transformRequest: { replaceHost: { targetHost: `127.0.0.1:${origin}`, updateHostHeader: false } },
  beforeResponse: async (response) => {
    if (response.statusCode !== 401) return {};
    const body = JSON.parse(await response.body.getText());
    body.hint = "check the account SID and the auth token";
    return { body: JSON.stringify(body) };
  },
});
await server.start(port);
