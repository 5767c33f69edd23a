'use strict';

// Loaded by every Node program that `why20003 run` starts. It sends the program's TLS connections through the proxy,
// for the clients that read no variable: global fetch and undici before Node 22.21 and 24.5, https.request, got,
// node-fetch, and agents of the program's own in every version. docs/clients.md 15 has what was measured.
//
// All of them end up in tls.connect, so that is the one place that changes. It gets a stream that asks the proxy for a
// tunnel first; whatever goes wrong with that, it connects directly, as without us. Nothing is ever printed or thrown.
// Before Node 14 it does nothing, since TLS over a stream fails there when a connection is cut; the syntax is Node 10's.

const LOCAL = /^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[?::1\]?|\[?::\]?)\.?$/i;

function install(proxy, names) {
  const tls = require('tls');
  const http = require('http');
  const https = require('https');
  const Tunnel = require('./tunnel.cjs')(proxy);
  const ownSupport = supportsVariables();
  if (ownSupport && /^22\./.test(process.versions.node)) withoutWarning();

  function goesThrough(host, port) {
    if (LOCAL.test(host)) return false;
    const name = host.toLowerCase().replace(/\.$/, '');
    if (names.some((one) => name === one || name.endsWith('.' + one))) return true;
    return !ownSupport && port === 443 && !isExempt(name);
  }

  const connect = tls.connect;
  tls.connect = function (...args) {
    let tunnelled = null;
    try {
      const [options, done] = normalized(args);
      if (options && goesThrough(options.host, options.port)) tunnelled = [options, new Tunnel(options), done];
    } catch (_) {
      tunnelled = null;
    }
    return tunnelled ? overTunnel(connect, ...tunnelled) : connect.apply(this, args);
  };
  for (const name of ['request', 'get']) {
    const original = http[name];
    http[name] = function (...args) {
      const options = repaired(args[0], proxy, https.Agent);
      return options ? https[name](options, ...args.slice(1)) : original.apply(this, args);
    };
  }
}

// Since 22.21 and 24.5 Node's own agents and fetch read HTTPS_PROXY when NODE_USE_ENV_PROXY says so.
function supportsVariables() {
  return process.env.NODE_USE_ENV_PROXY === '1' && process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
}

function isExempt(name) {
  const value = process.env.no_proxy || process.env.NO_PROXY || '';
  return value.split(/[\s,]+/).some((entry) => {
    const bare = entry.toLowerCase().replace(/:\d*$/, '').replace(/^\*?\.?/, '');
    return entry && (!bare || name === bare || name.endsWith('.' + bare));
  });
}

// Node 22 answers NODE_USE_ENV_PROXY with a warning on standard error, about a part of itself that the program never
// chose. It is on its way now, and shown before anything else happens. Worker threads show it before this is loaded.
function withoutWarning() {
  const { emit } = process;
  const quiet = function (name, warning) {
    return name === 'warning' && warning && warning.code === 'UNDICI-EHPA' ? false : emit.apply(this, arguments);
  };
  process.emit = quiet;
  const restore = () => void (process.emit === quiet && delete process.emit);
  setImmediate(restore).unref();
}

// The forms of tls.connect: (options, done), (port, host, options, done) with host and options left out or not.
// Options that already say what to connect over (a socket, a path) are not ours: [null].
function normalized(args) {
  const done = typeof args[args.length - 1] === 'function' ? args[args.length - 1] : undefined;
  const given = args.find((one) => one && typeof one === 'object') || {};
  const options = Object.assign({}, given);
  if (args[0] === null || typeof args[0] !== 'object') options.port = args[0];
  if (typeof args[1] === 'string') options.host = args[1];
  options.port = Number(options.port);
  const isOurs = typeof options.host === 'string' && options.port > 0 && !options.socket && !options.path;
  return [isOurs ? options : null, done];
}

function overTunnel(connect, options, tunnel, done) {
  const socket = connect.call(this, Object.assign({}, options, { socket: tunnel }), done);
  const { ref, unref } = socket;
  // An idle connection does not keep the program alive: the tunnel must not either.
  socket.ref = function () {
    tunnel.hold(true);
    return ref.call(this);
  };
  socket.unref = function () {
    tunnel.hold(false);
    return unref.call(this);
  };
  tunnel.once('opened', () => socket.emit('lookup', null, '127.0.0.1', 4, options.host));
  if (options.timeout) socket.setTimeout(options.timeout);
  return socket;
}

// Some clients (axios 0.27, needle) send a proxy the whole https:// URL instead of asking for a tunnel, so that
// it would do the TLS in their place. Such a request becomes what it is for: TLS from end to end.
function repaired(options, proxy, Agent) {
  if (!options || typeof options !== 'object' || typeof options.path !== 'string') return null;
  const match = /^https:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([^#]*)/i.exec(options.path);
  const host = String(options.hostname || options.host).split(':')[0];
  if (!match || host !== proxy.host || Number(options.port) !== proxy.port) return null;
  const chosen = (options.agents && options.agents.https) || options.agent;
  return Object.assign({}, options, {
    protocol: 'https:',
    host: match[1],
    hostname: match[1],
    port: Number(match[2] || 443),
    path: match[3].startsWith('/') ? match[3] : '/' + match[3],
    agent: chosen instanceof Agent || chosen === false ? chosen : undefined,
  });
}

try {
  const given = /^([\d.]+):(\d+)$/.exec(process.env.WHY20003_PROXY || '');
  const isNode = !process.versions.deno && !process.versions.bun && parseInt(process.versions.node, 10) >= 14;
  const names = (process.env.WHY20003_NAMES || '').split(',').filter(Boolean);
  if (given && isNode) install({ host: given[1], port: Number(given[2]) }, names);
} catch (_) {
  // The program runs as without us.
}
