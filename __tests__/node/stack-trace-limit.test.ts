import { failure } from '../../src/node/arguments/errors.js';

const stackOf = (): string | undefined => failure('ENOENT', { syscall: 'open', path: '/x' }).stack;

test('an error has the frames that the program asks for, and asks for as many afterwards', () => {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 2;
    expect(stackOf()?.split('\n')).toHaveLength(3);
    expect(Error.stackTraceLimit).toBe(2);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
});

test('an error can be made where the limit is frozen', () => {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {};
  Object.defineProperty(Error, 'stackTraceLimit', { ...limit, writable: false });
  try {
    expect(stackOf()).toMatch(/^Error: ENOENT: no such file or directory, open '\/x'\n {4}at /);
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', limit);
  }
});
