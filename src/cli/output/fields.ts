import type { Session } from '../session.js';
import { styled } from './style.js';
import { cut } from './table.js';

/** An object as lines of a name and a value; what has parts is shown as JSON. */
export function fields(facts: object, session: Pick<Session, 'name' | 'out'>): string[] {
  const { out } = session;
  const entries = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(0, ...entries.map(([key]) => key.length));
  return entries.map(([key, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return cut(`${styled(key.padEnd(width), 'faint', out)}  ${session.name(text)}`, out.columns);
  });
}
