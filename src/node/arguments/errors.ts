import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { type ErrnoCode, Failure } from '../../contract/failure.js';
import { toldWithCode } from './refusals.js';

/** What the caller asked for, as the error tells it; paths as the caller wrote them. */
export interface SystemCall {
  readonly syscall: string;
  readonly path?: string | undefined;
  readonly dest?: string | undefined;
}

export interface SystemError extends NodeJS.ErrnoException {
  dest?: string;
}

/**
 * Makes the error that Node would raise for a failure: `ENOENT: no such file or directory, open '/x'`, followed by our
 * own sentence where there is one. Fresh and extensible each time: unionfs writes `prev` onto what it catches.
 */
export function systemError(failure: Failure, call: SystemCall, above: AnyFrame = systemError): SystemError {
  const { code, detail, cause } = failure;
  const head = headOf(code, call);
  const error = withoutStack(detail === null ? head : `${head}: ${detail}`, cause);
  error.errno = errnoOf(code).number;
  error.code = code;
  error.syscall = call.syscall;
  if (call.path !== undefined) error.path = call.path;
  if (call.dest !== undefined) error.dest = call.dest;
  Error.captureStackTrace(error, above);
  return error;
}

/** A stack costs more than all else of a failed call: of an error that gets another one none is taken first. */
function withoutStack(message: string, cause: string | null): SystemError {
  // It can't be set where the globals are frozen.
  if (!Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable) return causedBy(message, cause);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return causedBy(message, cause);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const causedBy = (message: string, cause: string | null): Error =>
  cause === null ? new Error(message) : new Error(message, { cause: new Error(cause) });

/** What Node itself would say. */
function headOf(code: ErrnoCode, { syscall, path, dest }: SystemCall): string {
  const names = `${path === undefined ? '' : ` '${path}'`}${dest === undefined ? '' : ` -> '${dest}'`}`;
  return `${code}: ${errnoOf(code).text}, ${syscall}${names}`;
}

export const failure = (code: ErrnoCode, call: SystemCall, detail: string | null = null): Error =>
  systemError(new Failure(code, detail), call, failure);

/** The failure of a part, told as that of the call that the caller made: our own sentence goes along. */
export function retold(error: unknown, call: SystemCall): unknown {
  // Told by shape: an error of another realm is no instance of this one's Error.
  if (!hasCode(error) || !('message' in error) || !/^E(?!RR_)/.test(error.code)) return error;
  // A base may fail with any errno; those that our own layers never use have their texts all the same.
  const code = error.code as ErrnoCode;
  const { syscall = '', path, dest } = error as Partial<SystemCall>;
  const beforeDetail = `${headOf(code, { syscall, path, dest })}: `;
  const message = String(error.message);
  const detail = message.startsWith(beforeDetail) ? message.slice(beforeDetail.length) : null;
  const told = systemError(new Failure(code, detail), call, retold);
  return Object.defineProperty(told, 'cause', { value: error, writable: true, configurable: true });
}

type AnyFrame = (...args: never[]) => unknown;

/** Node's texts are libuv's; these errnos libuv doesn't know. */
const OTHER_TEXTS: Readonly<Record<string, string>> = {
  EBADMSG: 'bad message',
  ESTALE: 'stale file handle',
};

const known = new Map<string, { readonly number: number; readonly text: string }>();
for (const [number, [code, text]] of getSystemErrorMap()) known.set(code, { number, text });

function errnoOf(code: ErrnoCode): { readonly number: number; readonly text: string } {
  const found = known.get(code);
  if (found) return found;
  const number = (constants.errno as Readonly<Record<string, number>>)[code] ?? 0;
  return { number: -number, text: OTHER_TEXTS[code] ?? 'unknown error' };
}

/** Node's `AbortError`; the signal's reason is the cause. */
export function abortError(signal: AbortSignal): Error {
  const error: NodeJS.ErrnoException = new Error('The operation was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  return error;
}

/**
 * What Node's composites find themselves, such as `rm` of a directory without `recursive`.
 *
 * @param code Node's own, such as 'ERR_FS_EISDIR'
 */
export function findingError(
  code: string,
  prefix: string,
  errno: ErrnoCode,
  reason: string,
  { syscall, path }: SystemCall,
): NodeJS.ErrnoException {
  const message = `${prefix}: ${syscall} returned ${errno} (${reason}) ${path}`;
  const number = constants.errno[errno as keyof typeof constants.errno];
  const error = Object.assign(new Error(message), { code, errno: number, syscall, path });
  error.name = 'SystemError';
  return toldWithCode(error);
}

export const isDirectoryError = (syscall: string, path: string, reason: string): NodeJS.ErrnoException =>
  findingError('ERR_FS_EISDIR', 'Path is a directory', 'EISDIR', reason, { syscall, path });

/** Nothing is there. */
export const MISSING = ['ENOENT', 'ENOTDIR'] as const;

export const isMissing = (error: unknown): boolean => hasCode(error, ...MISSING);

/** The error of `operation`, when cleaning up after it failed too. */
export function bothErrors(operation: unknown, cleanup: unknown): Error {
  const message = operation instanceof Error ? operation.message : String(operation);
  const both: AggregateError & NodeJS.ErrnoException = new AggregateError([operation, cleanup], message);
  if (hasCode(operation)) both.code = operation.code;
  return both;
}

export const hasCode = (error: unknown, ...codes: readonly string[]): error is { readonly code: string } =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  (codes.length === 0 || codes.includes(error.code));

/** What this package leaves out, and what to use instead. */
export const notSupported = (name: string, instead: string, path?: unknown): Error =>
  failure('ENOTSUP', { syscall: name, path: typeof path === 'string' ? path : undefined }, instead);
