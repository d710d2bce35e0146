import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {number} seconds after which it is ended, and has failed
 * @property {readonly string[]} after names of the steps that must have ended well before
 * @property {readonly string[]} [command]
 * @property {readonly string[]} [tests] files for Jest, in place of a command
 * @property {number} [workers] of Jest
 * @property {string} [node] version under which Jest runs. @default the running one
 * @property {number} [load] how much of what the machine does at a time; 0: it waits for the network. @default 1
 * @property {Readonly<Record<string, string>>} [env]
 */

/** Processes at work on each core: they wait as much as they compute. */
const MOST_LOAD = availableParallelism() * 2;
const KILLED_AFTER_MS = 10_000;
/** Jest's last line names each file that it was given, kilobytes that `PASS` and `FAIL` have told. */
const ALL_PATHS = /^Ran all test suites within paths .*\n/m;

const IN_MEMORY = '/dev/shm';
/** A few times what the tests have at once. */
const ROOM_BYTES = 4 * 2 ** 30;

/** Runs a command, and tells how long it and all it has waited for had a core. */
const TIMED = '"$@"; code=$?; times; exit $code';
/** The shell's own times, and its children's. */
const TIMES = /^\S+s \S+s\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$/m;

/** None of the user's own W&B: its key, its servers. */
const environment = Object.fromEntries(
  Object.entries({ ...process.env, CI: 'true', NO_COLOR: '1' }).filter(
    ([name]) => !/^WANDB_(API_KEY|BASE_URL|ENTITY|PROJECT|PYTHON)$/.test(name),
  ),
);

/**
 * Runs the steps, as many at a time as the machine does well, and tells what each said when it has ended. The first failure
 * ends all. The last line says how many tests passed and failed.
 *
 * @param {readonly Step[]} steps
 * @returns {Promise<number>} the exit code
 */
export async function runPlan(steps) {
  const results = mkdtempSync(join(tmpdir(), 'plan-'));
  const temporary = temporaryDirectory();
  say(`tests' temporary files: ${temporary}`);
  const run = new Run(steps, results, temporary);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => run.fail(signal, 1));
  try {
    return await run.ended;
  } finally {
    say(`\n${totalsOf(results)}`);
    rmSync(results, { recursive: true });
    if (temporary !== tmpdir()) removeTemporary(temporary);
  }
}

/**
 * Where tests make their files: in memory, if there is room and programs may be there. Thousands of small directories are made
 * and removed only to be compared with, which on a disk takes three times as long of a core.
 */
function temporaryDirectory() {
  const room = existsSync(IN_MEMORY) ? statfsSync(IN_MEMORY) : { bavail: 0, bsize: 0 };
  if (room.bavail * room.bsize >= ROOM_BYTES) {
    const directory = mkdtempSync(join(IN_MEMORY, 'plan-'));
    // As /tmp: tests have processes that are another user's.
    chmodSync(directory, 0o1777);
    const program = join(directory, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    if (spawnSync(program).status === 0) return directory;
    rmSync(directory, { recursive: true });
  }
  return tmpdir();
}

/** What a process that outlives its step still writes fails no run, but stays in memory. */
function removeTemporary(directory) {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    say(`left behind: ${directory}: ${error.message}`);
  }
}

class Run {
  waiting;
  running = new Map();
  done = new Set();
  failure = null;
  begin = performance.now();
  cpuSeconds = 0;

  constructor(steps, results, temporary) {
    this.waiting = [...steps];
    this.results = results;
    // Hundreds of processes and threads load the same files: from Node 22 on they share what was compiled of them.
    this.testing = { TMPDIR: temporary, NODE_COMPILE_CACHE: join(results, 'compiled') };
    this.ended = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.go();
  }

  /** Starts what can begin. A step that has room enough never waits for one that hasn't. */
  go() {
    for (const step of this.waiting) {
      const load = [...this.running.keys()].reduce((sum, { load = 1 }) => sum + load, 0);
      const isReady = step.after.every((name) => this.done.has(name));
      if (isReady && (load === 0 || load + (step.load ?? 1) <= MOST_LOAD)) this.start(step);
    }
    this.waiting = this.waiting.filter((step) => !this.running.has(step));
    if (this.running.size > 0) return;
    if (this.waiting.length > 0) throw new Error(`Nothing leads to '${this.waiting[0].name}'.`);
    say(`\n--- all: ${secondsSince(this.begin)} s, ${this.cpuSeconds} of a core`);
    this.resolve(0);
  }

  start(step) {
    const begin = performance.now();
    const file = join(this.results, `${step.name.replaceAll(/\W+/g, '-')}`);
    const [command, ...args] = step.tests ? jest(step, `${file}.json`) : step.command;
    const log = createWriteStream(`${file}.log`);
    // A group of its own, so that it can be ended with all that it has started.
    const child = spawn('bash', ['-c', TIMED, 'step', command, ...args], {
      env: { ...environment, ...(step.tests ? this.testing : {}), ...step.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const output of [child.stdout, child.stderr]) output.pipe(log, { end: false });
    const limit = setTimeout(() => {
      log.write(`\nIt took longer than ${step.seconds} s.\n`);
      endGroup(child);
    }, step.seconds * 1000);
    this.running.set(step, child);
    say(`... ${step.name}`);
    child.once('error', (error) => log.write(`${error.message}\n`));
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      log.end(() => this.end(step, code ?? signal, begin, file));
    });
  }

  end(step, outcome, begin, file) {
    this.running.delete(step);
    if (this.failure) return this.leave();
    const text = readFileSync(`${file}.log`, 'utf8').replace(ALL_PATHS, '');
    const cpuSeconds = cpuSecondsIn(text);
    this.cpuSeconds += cpuSeconds;
    say(
      `\n=== ${step.name}\n${text.replace(TIMES, '')}--- ${step.name}: ${secondsSince(begin)} s, ${cpuSeconds} of a core`,
    );
    if (outcome !== 0) return this.fail(step.name, outcome);
    const missing = step.tests && untested(step, `${file}.json`);
    if (missing) return this.fail(`${step.name}: ${missing}`, 1);
    this.done.add(step.name);
    this.go();
  }

  fail(what, outcome) {
    this.failure ??= `failed: ${what} (exit code ${outcome})`;
    if (this.running.size > 0) say(`\nended: ${[...this.running.keys()].map(({ name }) => name).join(', ')}`);
    for (const child of this.running.values()) endGroup(child);
    this.leave();
  }

  leave() {
    if (this.running.size > 0) return;
    say(`\n${this.failure}`);
    this.resolve(1);
  }
}

function jest({ tests, workers, node }, outputFile) {
  const jest = ['node', 'node_modules/jest/bin/jest.js', `--maxWorkers=${workers}`];
  const command = [...jest, '--json', `--outputFile=${outputFile}`, '--runTestsByPath', ...tests];
  return node ? ['node', 'scripts/with-node.mjs', node, '--', ...command] : command;
}

/** A file in which no test ran is no success. */
function untested({ tests }, outputFile) {
  const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8'));
  const seen = testResults.filter(({ assertionResults }) => assertionResults.length > 0).length;
  return seen < tests.length ? `${tests.length - seen} test files without a test` : null;
}

function endGroup({ pid }) {
  if (pid === undefined) return;
  const send = (signal) => {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  send('SIGTERM');
  setTimeout(() => send('SIGKILL'), KILLED_AFTER_MS).unref();
}

function totalsOf(results) {
  let passed = 0;
  let failed = 0;
  for (const name of readdirSync(results).filter((each) => each.endsWith('.json'))) {
    const run = JSON.parse(readFileSync(join(results, name), 'utf8'));
    passed += run.numPassedTests;
    failed += run.numFailedTests + run.numRuntimeErrorTestSuites;
  }
  return `${passed} passed, ${failed} failed`;
}

function cpuSecondsIn(text) {
  const [, ...times] = TIMES.exec(text) ?? [0, 0, 0, 0, 0];
  const [userMinutes, user, systemMinutes, system] = times.map(Number);
  return Math.round((userMinutes + systemMinutes) * 60 + user + system);
}

const say = (line) => process.stdout.write(`${line}\n`);

const secondsSince = (begin) => Math.round((performance.now() - begin) / 1000);
