/**
 * What must never be. 'lost': what was acknowledged as durable isn't on the server. 'wrong': bytes or names that nobody wrote
 * there. 'errno': an answer that no fault explains. 'flush': a durability point that fails although all faults are over.
 */
export type ViolationKind = 'lost' | 'wrong' | 'errno' | 'flush' | 'hang';

export class Violation extends Error {
  constructor(
    readonly kind: ViolationKind,
    message: string,
  ) {
    super(`${kind}: ${message}`);
  }
}

/** What a call may fail with while connections break and servers answer nonsense. */
const FAULTY = new Set(['EIO', 'ETIMEDOUT', 'EPROTO', 'ECONNREFUSED', 'ECONNRESET', 'EAGAIN']);

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);

export const isFaulty = (code: string): boolean => FAULTY.has(code);

/** Ends what doesn't end: every call is made under it. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Violation('hang', `${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const shown = (content: string | null): string => {
  if (content === null) return 'nothing';
  return content.length <= 60
    ? JSON.stringify(content)
    : `${JSON.stringify(content.slice(0, 28))}…${JSON.stringify(content.slice(-12))} (${content.length})`;
};

export const shownAll = (contents: Iterable<string | null>): string => [...contents].map(shown).join(' or ');
