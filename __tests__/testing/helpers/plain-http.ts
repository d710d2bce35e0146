import { type IncomingHttpHeaders, request } from 'node:http';

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What came of the body. */
  readonly text: string;
  /** The code of what broke in the body. */
  readonly error: string | null;
}

/** One request on a connection of its own, without any help: a body that breaks is shown as far as it came. */
export function byHttp(
  address: string,
  options: {
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly onData?: (text: string) => void;
  } = {},
): Promise<PlainAnswer> {
  const { method = 'GET', body = '', headers = {}, onData } = options;
  return new Promise((resolve, reject) => {
    const sent = request(address, {
      method,
      agent: false,
      headers: { ...headers, 'content-length': body.length },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let text = '';
      let error: string | null = null;
      answer.setEncoding('latin1');
      answer.on('data', (part: string) => {
        text += part;
        onData?.(part);
      });
      const onError = (broken: NodeJS.ErrnoException): void => {
        error = broken.code ?? broken.message;
      };
      answer.on('error', onError);
      // From now on a reset is told here or there.
      sent.off('error', reject).on('error', onError);
      answer.on('close', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, error }),
      );
    });
    sent.end(body);
  });
}
