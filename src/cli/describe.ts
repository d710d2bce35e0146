import { inspect } from 'node:util';
import { escaped } from './output/names.js';

/** An error in one line: the program, its command, and the message, which has code, path and cure; a stack with `--debug`. */
export function describe(
  error: unknown,
  command: string | null,
  {
    isDebugged = false,
    cure = '',
    operand,
    warnings = new Set(),
  }: {
    readonly isDebugged?: boolean;
    readonly cure?: string;
    /** What it is about, where the error doesn't tell. */
    readonly operand?: string | undefined;
    /** What stands in lines of its own, and needs no telling again. */
    readonly warnings?: ReadonlySet<string>;
  } = {},
): string {
  let { message = String(error) } = Object(error) as Partial<Error>;
  for (const warning of warnings) message = message.replace(`: ${warning}`, '');
  const isTold = operand === undefined || message.includes("'");
  const text = messageOf(isTold ? message : `${message}, '${operand}'`, error);
  const line = `wandb-fs${command === null ? '' : ` ${command}`}: ${escaped(text)}${cure && !/[.!?]$/.test(text) ? '.' : ''}${cure}`;
  return isDebugged ? `${line}\n${inspect(error)}` : line;
}

/** Messages of several lines are one here; those without the code of their error are told it. */
function messageOf(message: string, error: unknown): string {
  const line = message.trim().replace(/\s*\n\s*/g, ' ');
  const { code } = Object(error) as NodeJS.ErrnoException;
  return typeof code === 'string' && /^E[A-Z\d]+$/.test(code) && !line.includes(code)
    ? `${code}: ${line}`
    : line;
}
