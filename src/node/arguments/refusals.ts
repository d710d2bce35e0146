import { inspect } from 'node:util';

/**
 * The errors for arguments that Node refuses before it does anything, with Node's own codes and texts
 * (https://nodejs.org/docs/latest-v20.x/api/errors.html).
 */
type ErrorClass = new (message: string) => Error;

export function refusal(ErrorClass: ErrorClass, code: string, message: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new ErrorClass(message);
  error.code = code;
  // Node shows the code in the stack's first line, and only there.
  if (error.stack !== undefined) error.stack = error.stack.replace(error.name, `${error.name} [${code}]`);
  return toldWithCode(error);
}

/** The text of what Node makes itself has the code in it, other than that of what the system tells. */
export const toldWithCode = <E extends NodeJS.ErrnoException>(error: E): E =>
  Object.defineProperty(error, 'toString', {
    value: () => `${error.name} [${error.code}]: ${error.message}`,
    writable: true,
    configurable: true,
  });

/** As `refusal`, of what Node checks in its native code: its text shows no code. */
export function withoutCode(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'toString');
  return error;
}

/** `expected` is the text behind 'must be', such as 'of type number'. */
export function invalidArgumentType(name: string, expected: string, actual: unknown): NodeJS.ErrnoException {
  const subject = `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;
  return refusal(
    TypeError,
    'ERR_INVALID_ARG_TYPE',
    `${subject} must be ${expected}. Received ${describe(actual)}`,
  );
}

export function invalidArgumentValue(
  name: string,
  actual: unknown,
  reason = 'is invalid',
): NodeJS.ErrnoException {
  const shown = inspect(actual);
  const received = shown.length > 128 ? `${shown.slice(0, 128)}...` : shown;
  const kind = name.includes('.') ? 'property' : 'argument';
  return refusal(TypeError, 'ERR_INVALID_ARG_VALUE', `The ${kind} '${name}' ${reason}. Received ${received}`);
}

export function outOfRange(name: string, range: string, actual: unknown): NodeJS.ErrnoException {
  return refusal(
    RangeError,
    'ERR_OUT_OF_RANGE',
    `The value of "${name}" is out of range. It must be ${range}. Received ${describeNumber(actual)}`,
  );
}

export const incompatibleOptions = (one: string, other: string): NodeJS.ErrnoException =>
  refusal(
    TypeError,
    'ERR_INCOMPATIBLE_OPTION_PAIR',
    `Option "${one}" cannot be used in combination with option "${other}"`,
  );

export const invalidState = (message: string): NodeJS.ErrnoException =>
  refusal(Error, 'ERR_INVALID_STATE', `Invalid state: ${message}`);

export const fileTooLarge = (size: number): NodeJS.ErrnoException =>
  refusal(RangeError, 'ERR_FS_FILE_TOO_LARGE', `File size (${size}) is greater than 2 GiB`);

export const missingArgument = (name: string): NodeJS.ErrnoException =>
  refusal(TypeError, 'ERR_MISSING_ARGS', `The "${name}" argument must be specified`);

export const notImplemented = (what: string): NodeJS.ErrnoException =>
  refusal(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `The ${what} method is not implemented`);

export const directoryClosed = (): NodeJS.ErrnoException =>
  refusal(Error, 'ERR_DIR_CLOSED', 'Directory handle was closed');

export const directoryBusy = (): NodeJS.ErrnoException =>
  refusal(
    Error,
    'ERR_DIR_CONCURRENT_OPERATION',
    'Cannot do synchronous work on directory handle with concurrent asynchronous operations',
  );

export const invalidSymlinkType = (type: string): NodeJS.ErrnoException =>
  refusal(
    Error,
    'ERR_FS_INVALID_SYMLINK_TYPE',
    `Symlink type must be one of "dir", "file", or "junction". Received "${type}"`,
  );

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case 'function':
      return `function ${value.name}`;
    case 'object': {
      const { constructor: made } = value;
      return made && 'name' in made ? `an instance of ${made.name}` : inspect(value, { depth: -1 });
    }
    case 'string': {
      const shown = value.length > 28 ? `${value.slice(0, 25)}...` : value;
      return `type string (${shown.includes("'") ? JSON.stringify(shown) : `'${shown}'`})`;
    }
    case 'bigint':
      return `type bigint (${value}n)`;
    case 'number':
      return `type number (${Object.is(value, -0) ? '-0' : value})`;
    default:
      return `type ${typeof value} (${String(value)})`;
  }
}

function describeNumber(value: unknown): string {
  if (typeof value === 'bigint')
    return `${value > 2n ** 32n || value < -(2n ** 32n) ? grouped(value) : value}n`;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) > 2 ** 32)
    return grouped(value);
  return inspect(value);
}

const grouped = (value: number | bigint): string => String(value).replace(/\B(?=(\d{3})+$)/g, '_');
