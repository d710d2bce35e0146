import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { disk } from '../../../platform/disk.js';

/**
 * Which process made something that outlives it. A pid alone is given again, so its start time belongs to it; both mean
 * something only where pids are counted, so the machine and its boot (and the container's own count of pids) do too.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Hash of the machine's name: homes on a network are shared by machines that can't see each other's processes. */
  readonly host: string;
  /** Hash of the boot and the pid namespace; UNKNOWN where the system tells neither. */
  readonly world: string;
  /** When the process started, in the system's own unit; UNKNOWN where nobody tells. */
  readonly start: string;
}

/** 'elsewhere': a process of another machine, or of a container with another host name. Nobody here can tell. */
export type Standing = 'alive' | 'dead' | 'elsewhere';

const UNKNOWN = 'x';

let own: ProcessIdentity | null = null;

/** Who this process is; looked at once, for all of its threads. */
export function ownIdentity(): ProcessIdentity {
  own ??= {
    pid: process.pid,
    host: hash(hostname()),
    world: worldOfPids(),
    start: stateOf(process.pid)?.start ?? UNKNOWN,
  };
  return own;
}

/** As a part of a file's name: `<pid>-<host>.<world>.<start>`. */
export const textOf = ({ pid, host, world, start }: ProcessIdentity): string =>
  `${pid}-${host}.${world}.${start}`;

/** What `textOf` has made; null for any other text. */
export function parseIdentity(text: string): ProcessIdentity | null {
  const [, pid, host, world, start] = /^([1-9]\d*)-([0-9a-f]{8})\.([0-9a-f]{8}|x)\.(\d+|x)$/.exec(text) ?? [];
  if (!pid || !host || !world || !start) return null;
  return { pid: Number(pid), host, world, start };
}

/**
 * Does that process live? 'dead' is certain but for one case: containers of one host name (of one `--network host`) that
 * share a directory; a container that was started again is such a one, and finds its pids counted anew.
 * 'alive' may be wrong where the system tells no start times (Windows): then a pid that lives is believed.
 */
export function standingOf(identity: ProcessIdentity): Standing {
  const here = ownIdentity();
  if (identity.host !== here.host) return 'elsewhere';
  const isKnown = identity.world !== UNKNOWN && here.world !== UNKNOWN;
  if (isKnown && identity.world !== here.world) return 'dead';
  return isRunning(identity.pid, identity.start) ? 'alive' : 'dead';
}

/** `start` null: whichever process has that pid. */
export function isRunning(pid: number, start: string | null): boolean {
  const state = stateOf(pid);
  if (state === null) return isSignalled(pid);
  if (state.isZombie) return false;
  return start === null || start === UNKNOWN || start === state.start;
}

interface ProcessState {
  readonly start: string;
  readonly isZombie: boolean;
}

/** null: there is no such process, or nobody tells. */
function stateOf(pid: number): ProcessState | null {
  if (process.platform === 'linux') {
    const stat = readOrNull(`/proc/${pid}/stat`);
    return stat === null ? null : parseProcStat(stat);
  }
  if (process.platform === 'win32') return null;
  return askPs(pid);
}

function askPs(pid: number): ProcessState | null {
  // Not imported: it is asked for on systems without /proc alone, and costs every start of the others.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  try {
    const { stdout, status } = spawnSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    });
    return status === 0 ? parsePs(stdout) : null;
  } catch (error) {
    if (UNTOLD.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** The name of the program stands in parentheses and may hold anything, parentheses too: fields are counted behind it. */
export function parseProcStat(text: string): ProcessState | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // state and starttime, the fields 3 and 22 of proc(5)
  const [state, start] = [fields[0], fields[19]];
  if (!state || !start || !/^\d+$/.test(start)) return null;
  return { start, isZombie: state === 'Z' || state === 'X' };
}

/** A line of `ps -o stat= -o lstart=` in the C locale: `Ss   Mon Oct 12 10:00:00 2026`. */
export function parsePs(text: string): ProcessState | null {
  const [, state, start] = /^\s*(\S+)\s+(\S.*?)\s*$/.exec(text) ?? [];
  const started = Date.parse(`${start} UTC`);
  if (!state || Number.isNaN(started)) return null;
  return { start: String(started / 1000), isZombie: state.startsWith('Z') };
}

function isSignalled(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's, and alive.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function worldOfPids(): string {
  if (process.platform !== 'linux') return UNKNOWN;
  const boot = readOrNull('/proc/sys/kernel/random/boot_id');
  return boot === null ? UNKNOWN : hash(`${boot.trim()} ${pidNamespace()}`);
}

function pidNamespace(): string {
  try {
    return disk.readlinkSync('/proc/self/ns/pid');
  } catch (error) {
    // Sandboxes that play the kernel have no namespaces to show.
    return `none: ${(error as NodeJS.ErrnoException).code}`;
  }
}

/**
 * null where the system has no such file, or no process of that pid (any more), or shows it to nobody; and where Node's
 * permissions keep it from us.
 */
function readOrNull(file: string): string | null {
  try {
    return disk.readFileSync(file, 'utf8');
  } catch (error) {
    if (UNTOLD.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

const UNTOLD = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ERR_ACCESS_DENIED']);

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
