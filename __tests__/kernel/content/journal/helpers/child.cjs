// A process that keeps a journal and is killed at the n-th call that changes the disk: around others it finds the same. What it was promised it writes to stdout.
const fs = require('node:fs');

// The life comes by stdin: its steps may be longer than arguments can be.
const { bundle, options, steps, quietSteps, killAt, isCutShort, isWaiting } = JSON.parse(
  fs.readFileSync(0, 'utf8'),
);
const real = { ...fs };
let calls = 0;
/** Those that can be half done. */
const divisible = [];
let isArmed = false;
let isInside = false;

const CHANGES_NOTHING = /^(access|close|exists|f?stat|lstat|readdir|readFile|readlink|f(data)?sync)Sync$/;

for (const name of Object.keys(fs)) {
  if (!name.endsWith('Sync') || typeof fs[name] !== 'function' || CHANGES_NOTHING.test(name)) continue;
  fs[name] = (...args) => {
    if (!isArmed || isInside || (name === 'openSync' && args[1] === 'r')) return real[name](...args);
    isInside = true;
    if (++calls === killAt) die(name, args);
    if (name === 'writeSync' || name === 'rmSync') divisible.push(calls);
    try {
      return real[name](...args);
    } finally {
      isInside = false;
    }
  };
}

/** Before the call, or with half of it done. */
function die(name, args) {
  if (isCutShort && name === 'writeSync') {
    const [fd, bytes, offset = 0, length = bytes.byteLength - offset, position = null] = args;
    real.writeSync(fd, bytes, offset, length >> 1, position);
  }
  if (isCutShort && name === 'rmSync') removeHalf(args[0]);
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

function removeHalf(path) {
  const files = real
    .readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
  for (const file of files.slice(0, Math.ceil(files.length / 2))) real.unlinkSync(file);
}

const say = (line) => real.writeSync(1, `${line}\n`);

function write(journal, path, text) {
  const before = journal.get(path);
  const { name, path: file } = journal.newBlob();
  const fd = fs.openSync(file, 'wx', 0o600);
  fs.writeSync(fd, Buffer.from(text));
  journal.syncBlob(fd);
  fs.closeSync(fd);
  journal.put(path, {
    kind: 'content',
    blob: name,
    size: Buffer.byteLength(text),
    mode: 0o644,
    mtimeMs: 1.5,
  });
  if (before?.kind === 'content') fs.unlinkSync(journal.blobPath(before.blob));
}

function append(journal, path, text) {
  const before = journal.get(path);
  const fd = fs.openSync(journal.blobPath(before.blob), 'r+');
  const bytes = Buffer.from(text);
  fs.writeSync(fd, bytes, 0, bytes.byteLength, before.size);
  journal.syncBlob(fd);
  fs.closeSync(fd);
  journal.put(path, { ...before, size: before.size + bytes.byteLength });
}

function take(journal, step) {
  if (step.do === 'write') write(journal, step.path, step.text);
  else if (step.do === 'append') append(journal, step.path, step.text);
  else if (step.do === 'note') journal.put(step.path, step.record);
  else if (step.do === 'remove') journal.remove(step.path);
  else journal.rename(step.from, step.to);
}

const { openJournal } = require(bundle);
isArmed = quietSteps === 0;
const journal = openJournal(options);
const { recovered } = journal.takeOver();
say(`recovered ${recovered.length}`);
steps.forEach((step, index) => {
  if (index === quietSteps) isArmed = true;
  take(journal, step);
  say(`done ${index + 1}`);
});
say(`divisible ${divisible.join()}`);
say(`calls ${calls}`);
if (isWaiting) setInterval(() => {}, 1000);
else process.kill(process.pid, 'SIGKILL');
