'use strict';

const net = require('net');
const { Duplex } = require('stream');

const MOST_HEAD = 65536;

module.exports = function tunnelClass(proxy) {
  // A connection to options.host that is made through the proxy, or directly where the proxy does not answer.
  return class Tunnel extends Duplex {
    constructor(options) {
      super({ allowHalfOpen: false });
      this.connecting = true;
      this.held = null;
      this.isHeld = true;
      this.target = options;
      this.raw = net.connect(proxy.port, proxy.host);
      this.ask(this.raw);
    }

    ask(raw) {
      const { host, port } = this.target;
      const address = (host.includes(':') ? `[${host}]` : host) + ':' + port;
      let head = Buffer.alloc(0);
      const fail = () => {
        raw.removeAllListeners();
        raw.on('error', () => {});
        raw.destroy();
        if (!this.destroyed) this.goDirectly();
      };
      raw.once('connect', () => raw.write(`CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\n\r\n`));
      raw.on('error', fail).on('end', fail);
      raw.on('data', (chunk) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0 && head.length < MOST_HEAD) return;
        if (!/^HTTP\/1\.[01] 2/.test(head.toString('latin1', 0, 16))) return void fail();
        this.open(raw, head.slice(end + 4));
      });
    }

    goDirectly() {
      const options = Object.assign({}, this.target);
      delete options.timeout; // the TLS socket watches it
      const raw = (this.raw = net.connect(options));
      raw.once('error', (error) => this.destroy(error));
      raw.once('connect', () => this.open(raw, Buffer.alloc(0)));
      this.hold(this.isHeld);
    }

    open(raw, rest) {
      raw.removeAllListeners();
      raw.setNoDelay(true);
      let ended = false;
      raw.on('data', (chunk) => void (this.push(chunk) || raw.pause()));
      raw.on('end', () => this.push(null, (ended = true)));
      raw.on('error', (error) => this.destroy(error));
      raw.on('close', () => void (ended || this.destroy()));
      if (rest.length) this.push(rest);
      this.connecting = false;
      this.emit('opened');
      this.emit('connect');
      const held = this.held;
      this.held = null;
      if (held) raw.write(held.chunk, held.done);
      if (this.closing) raw.end(this.closing);
    }

    hold(isHeld) {
      this.isHeld = isHeld;
      this.raw[isHeld ? 'ref' : 'unref']();
    }

    _read() {
      if (!this.connecting) this.raw.resume();
    }

    _write(chunk, _encoding, done) {
      if (this.connecting) this.held = { chunk, done };
      else this.raw.write(chunk, done);
    }

    _final(done) {
      if (this.connecting) this.closing = () => done();
      else if (this.raw.destroyed) done();
      else this.raw.end(() => done());
    }

    _destroy(error, done) {
      this.raw.destroy();
      done(error);
    }
  };
};
