// What a web page does with WebTransport, against the paths of the interop server. Written from the W3C API alone.
//
// A scenario fails by throwing. It may return `limit`: the name of something that this browser visibly does not have; the
// test knows which browsers lack what, and accepts no other.

const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function must(condition, message) {
  if (!condition) throw new Error(message);
}

function mustEqual(got, wanted, what) {
  must(Object.is(got, wanted), `${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}

function within(milliseconds, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The server, and the sessions that were opened to it. */
export class Peer {
  #url;
  #hash;
  #sessions = [];

  constructor(url, hash) {
    this.#url = url;
    this.#hash = hash;
  }

  async open(path, options = {}, hash = this.#hash) {
    const value = Uint8Array.from(hash.match(/../g), (pair) => parseInt(pair, 16));
    const session = new WebTransport(this.#url + path, {
      serverCertificateHashes: [{ algorithm: 'sha-256', value }],
      ...options,
    });
    session.closed.catch(() => {});
    this.#sessions.push(session);
    await within(10_000, session.ready, `session for ${path}`);
    return session;
  }

  /**
   * The same, for paths on which the server opens streams: it waits until this end has told that the session stands. Firefox ESR 140
   * loses streams of the server that come earlier; whether a browser does has a scenario of its own.
   */
  async openAndAsk(path, options = {}) {
    const session = await this.open(`${path}${path.includes('?') ? '&' : '?'}when=asked`, options);
    const asking = await session.createUnidirectionalStream();
    await asking.getWriter().close();
    return session;
  }

  closeAll() {
    for (const session of this.#sessions) {
      try {
        session.close();
      } catch {
        // It is over already.
      }
    }
  }
}

/** Reads to the end. */
async function readBytes(readable) {
  const reader = readable.getReader();
  const parts = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(value);
  }
}

const readText = async (readable) => decode(await readBytes(readable));

/** Reads to the end without keeping anything. */
async function count(readable) {
  const reader = readable.getReader();
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.byteLength;
  }
}

async function finish(writable, text) {
  const writer = writable.getWriter();
  await writer.write(encode(text));
  await writer.close();
}

async function nextOf(streams, what) {
  const reader = streams.getReader();
  try {
    const { done, value } = await within(10_000, reader.read(), what);
    must(!done, `${what}: the session gave no more streams`);
    return value;
  } finally {
    reader.releaseLock();
  }
}

const nextText = async (session, what) => readText(await nextOf(session.incomingUnidirectionalStreams, what));
const nextJson = async (session, what) => JSON.parse(await nextText(session, what));

/** Datagrams may be lost: each is repeated until its echo is there. */
async function pingUntilBack(writer, reader, text) {
  for (let attempt = 0; attempt < 20; attempt++) {
    await writer.write(encode(text));
    const late = pause(250).then(() => null);
    for (;;) {
      reader.pendingRead ??= reader.read().finally(() => { reader.pendingRead = null; });
      const got = await Promise.race([reader.pendingRead, late]);
      if (got === null) break;
      if (!got.done && decode(got.value) === text) return attempt;
    }
  }
  throw new Error(`datagram ${text} never came back`);
}

const outgoing = (datagrams) => (datagrams.createWritable ? datagrams.createWritable() : datagrams.writable).getWriter();

/** The constructor of the specification, or the older one. */
function errorWithCode(streamErrorCode) {
  for (const make of [
    () => new WebTransportError('on purpose', { streamErrorCode }),
    () => new WebTransportError({ message: 'on purpose', streamErrorCode }),
  ]) {
    try {
      const error = make();
      if (error.streamErrorCode === streamErrorCode) return error;
    } catch {
      // The other one then.
    }
  }
  throw new Error('a page cannot make a WebTransportError with a code here');
}

const randomId = () => crypto.randomUUID();

/** Repeats a close from the client and asks the server what it saw. */
async function closeAndAsk(peer, closeCode, reason) {
  const id = randomId();
  const session = await peer.open(`/echo?id=${id}`);
  session.close({ closeCode, reason });
  const here = await within(10_000, session.closed, 'closed, at the client');
  mustEqual(here.closeCode, closeCode, 'code at the client');
  const asking = await peer.openAndAsk(`/last-close?id=${id}`);
  const there = await nextJson(asking, 'what the server saw');
  asking.close();
  mustEqual(there.code, closeCode, 'code at the server');
  mustEqual(there.reason, reason, 'reason at the server');
}

async function closeByServer(peer, closeCode, reason) {
  const session = await peer.open(`/close?code=${closeCode}&reason=${encodeURIComponent(reason)}&after=20`);
  const info = await within(10_000, session.closed, 'closed by the server');
  mustEqual(info.closeCode, closeCode, 'code');
  mustEqual(info.reason, reason, 'reason');
}

const REASONS = ['', 'bye', 'größer als ASCII: 漢字 🚀', 'x'.repeat(1024)];

async function writeUntilStopped(stream) {
  const writer = stream.writable.getWriter();
  writer.closed.catch(() => {});
  for (let i = 0; i < 500; i++) {
    try {
      await writer.write(encode('x'));
      await pause(10);
    } catch (failure) {
      return failure;
    }
  }
  throw new Error('writing went on for five seconds');
}

export const scenarios = {
  async 'bidirectional-echo'(peer) {
    const session = await peer.open('/echo');
    const stream = await session.createBidirectionalStream();
    const answer = readText(stream.readable);
    await finish(stream.writable, 'hello');
    mustEqual(await answer, 'hello', 'echo');
  },

  async 'echo-without-end-of-stream'(peer) {
    const session = await peer.open('/echo');
    const stream = await session.createBidirectionalStream();
    const writer = stream.writable.getWriter();
    const reader = stream.readable.getReader();
    for (const text of ['one', 'two', 'three']) {
      await writer.write(encode(text));
      let got = '';
      while (got.length < text.length) {
        const { done, value } = await within(5_000, reader.read(), 'echo on an open stream');
        must(!done, 'the stream ended');
        got += decode(value);
      }
      mustEqual(got, text, 'echo');
    }
  },

  async 'unidirectional-echo'(peer) {
    const session = await peer.open('/echo');
    await finish(await session.createUnidirectionalStream(), 'one way');
    mustEqual(await nextText(session, 'echo on another stream'), 'one way', 'echo');
  },

  async 'datagram-echo'(peer) {
    const session = await peer.open('/echo');
    const writer = outgoing(session.datagrams);
    const reader = session.datagrams.readable.getReader();
    let repeated = 0;
    for (let number = 0; number < 10; number++) {
      repeated += await pingUntilBack(writer, reader, `datagram ${number}`);
    }
    must(session.datagrams.maxDatagramSize >= 1000, `maxDatagramSize is ${session.datagrams.maxDatagramSize}`);
    return { repeated, maxDatagramSize: session.datagrams.maxDatagramSize };
  },

  async 'many-streams'(peer) {
    const session = await peer.open('/echo');
    let next = 0;
    const oneAfterAnother = async () => {
      while (next < 500) {
        const text = `stream ${next++}`;
        const stream = await session.createBidirectionalStream();
        const answer = readText(stream.readable);
        await finish(stream.writable, text);
        mustEqual(await answer, text, 'echo');
      }
    };
    const since = performance.now();
    await Promise.all(Array.from({ length: 50 }, oneAfterAnother));
    return { streamsPerSecond: Math.round(500 / ((performance.now() - since) / 1000)) };
  },

  async 'upload-20-megabytes'(peer) {
    const total = 20_000_000;
    const session = await peer.open('/sink');
    const stream = await session.createBidirectionalStream();
    const answer = readText(stream.readable);
    const writer = stream.writable.getWriter();
    const chunk = new Uint8Array(50_000);
    const since = performance.now();
    for (let sent = 0; sent < total; sent += chunk.length) {
      await writer.ready;
      writer.write(chunk).catch(() => {});
    }
    await writer.close();
    mustEqual(Number(await answer), total, 'bytes that the server counted');
    return { megabytesPerSecond: Math.round(total / 1000 / (performance.now() - since)) };
  },

  async 'download-20-megabytes'(peer) {
    const total = 20_000_000;
    const session = await peer.openAndAsk(`/source?bytes=${total}`);
    const stream = await nextOf(session.incomingUnidirectionalStreams, 'the stream');
    const since = performance.now();
    mustEqual(await count(stream), total, 'bytes');
    return { megabytesPerSecond: Math.round(total / 1000 / (performance.now() - since)) };
  },

  async 'streams-of-the-server'(peer) {
    for (let i = 0; i < 3; i++) {
      const answering = await peer.openAndAsk('/push?bidi=1&uni=0&dgram=0');
      const stream = await nextOf(answering.incomingBidirectionalStreams, 'a bidirectional stream of the server');
      mustEqual(await readText(stream.readable), 'srv-bidi-0', 'text');
      await finish(stream.writable, `reply ${i}`);
      mustEqual((await nextJson(answering, 'what was replied')).data, `reply ${i}`, 'reply');
      const reading = await peer.openAndAsk('/push?bidi=0&uni=1&dgram=0');
      mustEqual(await nextText(reading, 'a unidirectional stream of the server'), 'srv-uni-0', 'text');
    }
  },

  async 'several-streams-of-the-server-at-once'(peer) {
    const session = await peer.openAndAsk('/push?bidi=3&uni=3&dgram=1');
    const texts = [];
    const replies = [];
    try {
      for (let i = 0; i < 3; i++) {
        const stream = await within(4_000, nextOf(session.incomingBidirectionalStreams, 'a stream'), 'one of several');
        const text = await readText(stream.readable);
        texts.push(text);
        await finish(stream.writable, `reply to ${text}`);
      }
      for (let i = 0; i < 6; i++) {
        const text = await within(4_000, nextText(session, 'a stream'), 'one of several');
        if (text.startsWith('{')) replies.push(JSON.parse(text).data);
        else texts.push(text);
      }
    } catch (failure) {
      if (!String(failure.message).startsWith('one of several')) throw failure;
      return { limit: 'several-streams', came: [...texts, ...replies] };
    }
    mustEqual(texts.sort().join(), 'srv-bidi-0,srv-bidi-1,srv-bidi-2,srv-uni-0,srv-uni-1,srv-uni-2', 'texts');
    mustEqual(replies.sort().join(), 'reply to srv-bidi-0,reply to srv-bidi-1,reply to srv-bidi-2', 'replies');
  },

  async 'streams-before-the-session-is-ready'(peer) {
    const session = await peer.open('/push?bidi=0&uni=1&dgram=0');
    let text;
    try {
      text = await within(4_000, nextText(session, 'a stream'), 'an early stream');
    } catch (failure) {
      if (!String(failure.message).startsWith('an early stream')) throw failure;
      return { limit: 'early-streams' };
    }
    mustEqual(text, 'srv-uni-0', 'text');
  },

  async 'server-closes-with-code-and-reason'(peer) {
    await closeByServer(peer, 4242, 'that was all');
    await closeByServer(peer, 0, '');
    await closeByServer(peer, 0xffffffff, 'the largest code');
  },

  async 'client-closes-with-code-and-reason'(peer) {
    await closeAndAsk(peer, 77, 'that was all');
    await closeAndAsk(peer, 0, '');
    await closeAndAsk(peer, 0xffffffff, 'the largest code');
  },

  async 'server-closes-20-of-20'(peer) {
    for (let i = 0; i < 20; i++) await closeByServer(peer, 1000 + i, REASONS[i % REASONS.length]);
  },

  async 'client-closes-20-of-20'(peer) {
    for (let i = 0; i < 20; i++) await closeAndAsk(peer, 1000 + i, REASONS[i % REASONS.length]);
  },

  async 'server-resets-a-stream'(peer) {
    const session = await peer.open('/reset?code=51');
    const stream = await session.createBidirectionalStream();
    await stream.writable.getWriter().write(encode('x'));
    let failure = null;
    try {
      await within(10_000, readBytes(stream.readable), 'the reset');
    } catch (thrown) {
      failure = thrown;
    }
    must(failure, 'the stream ended well');
    must(!String(failure.message).startsWith('the reset:'), failure.message);
    if (typeof failure.streamErrorCode !== 'number') return { limit: 'code-of-a-reset', failure: String(failure) };
    mustEqual(failure.streamErrorCode, 51, 'code');
  },

  // A browser may find a stopped stream closed before the code that came with it, and then tells an abort without one. So
  // several streams are stopped: all must fail, some must tell the code, and none another.
  async 'server-asks-to-stop'(peer) {
    const session = await peer.open('/stop?code=52');
    const codes = [];
    for (let number = 0; number < 10; number++) {
      const failure = await writeUntilStopped(await session.createBidirectionalStream());
      const aborted = ['NetworkError', 'AbortError'].includes(failure.name);
      codes.push(aborted ? 'aborted' : failure.streamErrorCode);
    }
    const told = codes.filter((code) => code !== 'aborted');
    must(told.length > 0, 'no stream told the code of its stop');
    for (const code of told) mustEqual(code, 52, 'code');
    return { codes };
  },

  async 'client-resets-a-stream'(peer) {
    const error = errorWithCode(42);
      const session = await peer.open('/observe');
    const stream = await session.createBidirectionalStream();
    const writer = stream.writable.getWriter();
    const reader = stream.readable.getReader();
    await writer.write(encode('x'));
    await within(5_000, reader.read(), 'the first tick');
    writer.abort(error).catch(() => {});
    const seen = await nextJson(session, 'what the server saw');
    mustEqual(seen.ev, 'recv-end', 'event');
    mustEqual(seen.code, 42, 'code');
  },

  async 'client-asks-to-stop'(peer) {
    const error = errorWithCode(43);
      const session = await peer.open('/observe');
    const stream = await session.createBidirectionalStream();
    const reader = stream.readable.getReader();
    await stream.writable.getWriter().write(encode('x'));
    await within(5_000, reader.read(), 'the first tick');
    reader.cancel(error).catch(() => {});
    let seen;
    try {
      seen = JSON.parse(await within(4_000, nextText(session, 'the event'), 'STOP_SENDING'));
    } catch (failure) {
      if (!String(failure.message).startsWith('STOP_SENDING')) throw failure;
      return { limit: 'sending-a-stop' };
    }
    mustEqual(seen.ev, 'send-end', 'event');
    // The one limit that is the server's: its QUIC engine may not tell it the code.
    if (seen.code === null) return { limit: 'server-is-not-told-the-code' };
    mustEqual(seen.code, 43, 'code');
  },

  async subprotocol(peer) {
    const session = await peer.open('/echo', { protocols: ['unknown', 'echo.v2', 'echo.v1'] });
    if (!('protocol' in session)) return { limit: 'subprotocols' };
    mustEqual(session.protocol, 'echo.v2', 'protocol');
  },

  async 'headers-and-settings'(peer) {
    const session = await peer.openAndAsk('/headers');
    const seen = await nextJson(session, 'what the server saw');
    mustEqual(seen.headers.origin, location.origin, 'origin');
    mustEqual(seen.settings['0x2b603742'], 1, 'SETTINGS_ENABLE_WEBTRANSPORT');
    return seen;
  },

  async draining(peer) {
    const session = await peer.open('/drain');
    if (!('draining' in session)) return { limit: 'draining' };
    await within(5_000, session.draining, 'draining');
  },

  async rejection(peer) {
    for (const path of ['/reject?status=403', '/reject?status=503', '/nothing-here', '/source?bytes=many']) {
      let refused = false;
      try {
        await peer.open(path);
      } catch (failure) {
        must(!String(failure.message).startsWith('session for'), failure.message);
        refused = true;
      }
      must(refused, `a session for ${path}`);
    }
  },

  async 'wrong-certificate-hash'(peer) {
    let refused = false;
    try {
      await peer.open('/echo', {}, '00'.repeat(32));
    } catch (failure) {
      must(!String(failure.message).startsWith('session for'), failure.message);
      refused = true;
    }
    must(refused, 'a session with a certificate of another hash');
  },
};
