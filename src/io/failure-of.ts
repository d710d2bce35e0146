import { Failure } from '../contract/failure.js';

/** What was thrown, as a Failure. What no layer below expected is EIO, with its message as the cause. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const { code, message } =
    thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : { code: '', message: String(thrown) };
  const text = code && !message.includes(code) ? `${code}: ${message}` : message;
  return new Failure('EIO', 'Something unexpected went wrong.', withoutQueries(text));
}

/** A signed URL's query is a secret. */
const withoutQueries = (text: string): string =>
  text.replace(/(\bhttps?:\/\/[^\s?#'"]*)[?#][^\s'"]*/gi, '$1');
