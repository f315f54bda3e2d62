// Presses every button of the demo page, and reports the page's own log.

const one = (selector) => document.querySelector(selector);
const lines = () => [...document.querySelectorAll('#log li')];
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(condition, what) {
  for (let waited = 0; waited < 20_000; waited += 20) {
    if (condition()) return;
    await pause(20);
  }
  throw new Error(`waited in vain for ${what}; status: ${one('#status').textContent}`);
}

const open = () => until(() => one('#status').dataset.state === 'open', 'a session');

/** Presses, and waits until the page tells how it went. */
async function press(button) {
  const told = () => lines().filter((line) => line.dataset.kind).length;
  const before = told();
  button.click();
  await until(() => told() > before, `the result of "${button.textContent}"`);
}

/** A datagram may be lost: its button is pressed again then. */
async function pressUntilGood(button) {
  for (let attempt = 0; attempt < 5; attempt++) {
    await press(button);
    if (lines()[0].dataset.kind === 'good') return;
    lines()[0].remove();
  }
}

/**
 * A browser may find a stopped stream closed before the code that came with it: it then tells none. So several streams are
 * stopped; the test wants the code of one, and no other code of any.
 */
async function pressSeveralTimes(button) {
  for (let time = 0; time < 5; time++) await press(button);
}

async function pressAll() {
  await open();
  await press(one('#say button'));
  for (const button of document.querySelectorAll('[data-action]')) {
    if (button.dataset.action === 'datagram') await pressUntilGood(button);
    else if (button.dataset.action === 'stop') await pressSeveralTimes(button);
    else if (!button.dataset.action.endsWith('Close')) await press(button);
  }
  await until(() => one('#median').textContent.endsWith(' ms'), 'pings');
  await press(one('[data-action=serverClose]'));
  await press(one('#connect'));
  await open();
  await press(one('[data-action=clientClose]'));
}

let verdict = 'pass';
let end = '';
try {
  await pressAll();
  if (lines().some((line) => line.dataset.kind === 'bad')) verdict = 'fail';
} catch (failure) {
  verdict = 'fail';
  end = String(failure);
}
const log = lines().reverse().map((line) => line.textContent).join('\n');
await fetch('/result/demo-page', { method: 'POST', body: [verdict, '', log, end].join('\n') });
