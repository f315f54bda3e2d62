// The browser's half of the demo. Everything is plain W3C WebTransport; the server's half is DemoService.kt.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const byId = (id) => document.getElementById(id);
const loadedAt = performance.now();

let session = null;
let waitingForOneWay = [];

// ---------------------------------------------------------------------------------------------------- log

const LONGEST_LOG = 200;

function log(text, kind = '') {
  const line = document.createElement('li');
  line.dataset.kind = kind;
  const time = document.createElement('time');
  time.textContent = ((performance.now() - loadedAt) / 1000).toFixed(3) + ' s';
  const message = document.createElement('span');
  message.textContent = text;
  line.append(time, message);
  const list = byId('log');
  list.prepend(line);
  while (list.children.length > LONGEST_LOG) list.lastChild.remove();
}

function show(state, text) {
  byId('status').dataset.state = state;
  byId('status').textContent = text;
  for (const button of document.querySelectorAll('[data-needs-session]')) button.disabled = state !== 'open';
  byId('connect').disabled = state === 'open' || state === 'connecting';
}

const took = (since) => `${(performance.now() - since).toFixed(1)} ms`;

// ---------------------------------------------------------------------------------------------------- streams

async function readText(readable) {
  const reader = readable.getReader();
  const parts = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + parts.decode();
    text += parts.decode(value, { stream: true });
  }
}

async function send(writable, text) {
  const writer = writable.getWriter();
  await writer.write(encoder.encode(text));
  await writer.close();
}

async function ask(line) {
  const stream = await session.createBidirectionalStream();
  const answer = readText(stream.readable);
  await send(stream.writable, line + '\n');
  return answer;
}

/** What a failed stream tells; not every browser tells the code. */
function codeOf(failure) {
  return Number.isInteger(failure?.streamErrorCode) ? `code ${failure.streamErrorCode}` : 'this browser does not tell the code';
}

const after = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function acceptBidirectional(of) {
  const streams = of.incomingBidirectionalStreams.getReader();
  for (;;) {
    const { done, value } = await streams.read();
    if (done) return;
    log(`stream from the server: "${await readText(value.readable)}"`);
    await send(value.writable, 'the browser');
  }
}

async function acceptUnidirectional(of) {
  const streams = of.incomingUnidirectionalStreams.getReader();
  for (;;) {
    const { done, value } = await streams.read();
    if (done) return;
    const waiting = waitingForOneWay.shift();
    if (waiting) waiting(value);
    else log(`one-way stream from the server: "${await readText(value)}"`);
  }
}

const nextOneWay = () => new Promise((resolve) => waitingForOneWay.push(resolve));

const actions = {
  async serverBidirectional() {
    const since = performance.now();
    log(`${await ask('open bidi')} (${took(since)})`, 'good');
  },

  async unidirectional() {
    const since = performance.now();
    const back = nextOneWay();
    await send(await session.createUnidirectionalStream(), 'one way');
    log(`came back on another stream: "${await readText(await back)}" (${took(since)})`, 'good');
  },

  async serverUnidirectional() {
    const since = performance.now();
    const stream = nextOneWay();
    await ask('open uni');
    log(`from the server: "${await readText(await stream)}" (${took(since)})`, 'good');
  },

  async bulk() {
    const size = 16_000_000;
    const chunk = new Uint8Array(64_000);
    const since = performance.now();
    const back = nextOneWay();
    const writer = (await session.createUnidirectionalStream()).getWriter();
    const sending = (async () => {
      for (let sent = 0; sent < size; sent += chunk.length) {
        await writer.ready;
        writer.write(chunk).catch(() => {});
      }
      await writer.close();
    })();
    const reader = (await back).getReader();
    let received = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      received += value.byteLength;
    }
    await sending;
    const seconds = (performance.now() - since) / 1000;
    log(`${received / 1e6} MB there and back in ${seconds.toFixed(2)} s, ${(received / 1e6 / seconds).toFixed(0)} MB/s each way`, 'good');
  },

  async reset() {
    const since = performance.now();
    try {
      log(`the stream ended well, which it should not: "${await ask('reset 51')}"`, 'bad');
    } catch (failure) {
      log(`the server reset the stream: ${codeOf(failure)} (${took(since)})`, 'good');
    }
  },

  async stop() {
    const since = performance.now();
    const stream = await session.createBidirectionalStream();
    const writer = stream.writable.getWriter();
    const stopped = writer.closed;
    stopped.catch(() => {});
    await writer.write(encoder.encode('stop 52\n'));
    try {
      // Nothing is written meanwhile: a write that meets the stop would fail without its code.
      await Promise.race([stopped, after(2000)]);
      log('the server did not ask to stop', 'bad');
    } catch (failure) {
      log(`the server asked to stop: ${codeOf(failure)} (${took(since)})`, 'good');
    }
  },

  async datagram() {
    const since = performance.now();
    log(`datagram came back after ${(await ping()).toFixed(2)} ms (${took(since)} with queueing)`, 'good');
  },

  async serverClose() {
    const stream = await session.createBidirectionalStream();
    await stream.writable.getWriter().write(encoder.encode('close 4242 the browser asked for it\n'));
  },

  async clientClose() {
    session.close({ closeCode: 7, reason: 'closed from the page' });
  },
};

async function run(action) {
  try {
    await action();
  } catch (failure) {
    log(`${failure.name}: ${failure.message}`, 'bad');
  }
}

// ---------------------------------------------------------------------------------------------------- datagrams

const PING_EVERY = 100;
const GIVEN_UP_AFTER = 1000;
const HISTORY = 300;

let datagramWriter = null;
let nextPing = 0;
let pending = new Map();
let samples = [];          // round trip in ms; null is a lost one
let sentPings = 0;
let lostPings = 0;

function ping() {
  const number = nextPing++;
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    const timer = setTimeout(() => {
      pending.delete(number);
      reject(new Error('the datagram was lost'));
    }, GIVEN_UP_AFTER);
    pending.set(number, () => {
      clearTimeout(timer);
      pending.delete(number);
      resolve(performance.now() - sentAt);
    });
    datagramWriter.write(encoder.encode(`ping ${number}`)).catch(() => {});
  });
}

async function receiveDatagrams(of) {
  const reader = of.datagrams.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    pending.get(Number(decoder.decode(value).slice('ping '.length)))?.();
  }
}

async function pingForever(of) {
  while (session === of) {
    if (byId('pinging').checked && !document.hidden) {
      sentPings++;
      ping().then((time) => record(time), () => { if (session === of) { lostPings++; record(null); } });
    }
    await new Promise((resolve) => setTimeout(resolve, PING_EVERY));
  }
}

function record(time) {
  samples.push(time);
  if (samples.length > HISTORY) samples.shift();
  const times = samples.filter((sample) => sample !== null).sort((a, b) => a - b);
  const ms = (value) => (value === undefined ? '–' : `${value.toFixed(2)} ms`);
  byId('latest').textContent = time === null ? 'lost' : ms(time);
  byId('median').textContent = ms(times[times.length >> 1]);
  byId('slowest').textContent = ms(times[times.length - 1]);
  byId('lost').textContent = `${lostPings} of ${sentPings}`;
  requestAnimationFrame(draw);
}

function draw() {
  const canvas = byId('plot');
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const colour = getComputedStyle(document.documentElement);
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  const sorted = samples.filter((sample) => sample !== null).sort((a, b) => a - b);
  const high = ceiling(sorted[Math.floor(sorted.length * 0.98)] ?? 1);
  const left = 52;
  const y = (time) => height - 14 - (Math.min(time, high) / high) * (height - 28);
  const x = (index) => left + ((index + HISTORY - samples.length) / (HISTORY - 1)) * (width - left - 4);

  pen.font = '12px system-ui, sans-serif';
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (const part of [0, 0.5, 1]) {
    pen.strokeStyle = colour.getPropertyValue('--grid');
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(left, y(high * part));
    pen.lineTo(width - 4, y(high * part));
    pen.stroke();
    pen.fillStyle = colour.getPropertyValue('--soft');
    pen.fillText(`${high * part} ms`, left - 8, y(high * part));
  }

  pen.strokeStyle = colour.getPropertyValue('--accent');
  pen.lineWidth = 2;
  pen.lineJoin = 'round';
  pen.beginPath();
  let drawing = false;
  samples.forEach((time, index) => {
    if (time === null) { drawing = false; return; }
    if (drawing) pen.lineTo(x(index), y(time)); else pen.moveTo(x(index), y(time));
    drawing = true;
  });
  pen.stroke();

  pen.fillStyle = colour.getPropertyValue('--bad');
  samples.forEach((time, index) => {
    if (time === null) pen.fillRect(x(index) - 1, 14, 2, height - 28);
  });
}

/** The next of 1, 2, 5, 10, 20, ... that is large enough. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

// ---------------------------------------------------------------------------------------------------- session

const fromHex = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

async function connect() {
  show('connecting', 'connecting');
  const since = performance.now();
  try {
    const { url, hash } = await (await fetch('session.json')).json();
    const opened = new WebTransport(url, {
      serverCertificateHashes: [{ algorithm: 'sha-256', value: fromHex(hash) }],
    });
    opened.closed.then(
      ({ closeCode, reason }) => ended(opened, `closed with code ${closeCode}${reason ? ` "${reason}"` : ''}`, 'idle'),
      (failure) => ended(opened, `lost: ${failure.message}`, 'failed'),
    );
    await opened.ready;
    session = opened;
    const datagrams = opened.datagrams;
    datagramWriter = (datagrams.createWritable?.() ?? datagrams.writable).getWriter();
    show('open', `connected to ${new URL(url).host}`);
    log(`connected to ${url} in ${took(since)}`, 'good');
    const untilTheEnd = (loop) => loop.catch(() => {});      // the end is told by `closed`
    untilTheEnd(acceptBidirectional(opened));
    untilTheEnd(acceptUnidirectional(opened));
    untilTheEnd(receiveDatagrams(opened));
    untilTheEnd(pingForever(opened));
  } catch (failure) {
    show('failed', 'not connected');
    log(`no session: ${failure.message}. Is "wt demo" still running?`, 'bad');
  }
}

function ended(which, how, state) {
  if (which !== session) return;
  session = null;
  datagramWriter = null;
  pending = new Map();
  waitingForOneWay = [];
  show(state, how);
  log(`session ${how}`, state === 'failed' ? 'bad' : 'good');
}

byId('connect').addEventListener('click', connect);
byId('clear').addEventListener('click', () => byId('log').replaceChildren());
byId('say').addEventListener('submit', (event) => {
  event.preventDefault();
  run(async () => {
    const since = performance.now();
    log(`echo: "${await ask(`echo ${byId('text').value}`)}" (${took(since)})`, 'good');
  });
});
for (const button of document.querySelectorAll('[data-action]')) {
  button.addEventListener('click', () => run(actions[button.dataset.action]));
}
window.addEventListener('resize', draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

draw();
if ('WebTransport' in window) {
  connect();
} else {
  byId('missing').hidden = false;
  byId('here').textContent = location.href;
  show('failed', 'no WebTransport here');
  byId('connect').disabled = true;
}
