// Runs the scenarios one after another and reports each: a verdict, a limit or an empty line, and what was seen.
import { scenarios, Peer } from '/scenarios.js';

const query = new URLSearchParams(location.search);
const report = (path, lines) => fetch(path, { method: 'POST', body: lines.join('\n') });

function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const describe = (failure) => `${failure?.name}: ${failure?.message} ${failure?.stack ?? ''}`;

try {
  for (const name of query.getAll('scenario')) {
    const peer = new Peer(query.get('url'), query.get('hash'));
    let lines;
    try {
      if (!scenarios[name]) throw new Error('there is no such scenario');
      const seen = (await within(Number(query.get('timeout')), scenarios[name](peer))) ?? {};
      lines = [seen.limit ? 'limit' : 'pass', seen.limit ?? '', JSON.stringify(seen)];
    } catch (failure) {
      lines = ['fail', '', describe(failure)];
    }
    peer.closeAll();
    await report(`/result/${name}`, lines);
  }
} catch (failure) {
  await report('/broken', [describe(failure)]);
}
