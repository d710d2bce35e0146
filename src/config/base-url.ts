import { DEFAULT_BASE_URL } from './defaults.js';
import { invalidValue } from './validate.js';

/**
 * The base URL in one form: no trailing slash, no query, host in lower case.
 *
 * @param source what to name in the TypeError: 'options.baseUrl' or 'WANDB_BASE_URL'
 */
export function normaliseBaseUrl(text: string, source: string): string {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch (cause) {
    throw Object.assign(invalidValue(source, `expected a URL such as '${DEFAULT_BASE_URL}'`), { cause });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalidValue(source, `expected a URL with http: or https:, got ${url.protocol}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidValue(source, 'expected a URL without user and password; the key goes into `apiKey`');
  }
  const isService = url.hostname === 'wandb.ai' || url.hostname.endsWith('.wandb.ai');
  if (isService && (!url.hostname.includes('api.') || url.protocol !== 'https:')) {
    throw invalidValue(source, `got ${url.origin}; did you mean '${DEFAULT_BASE_URL}'?`);
  }
  return plain(url);
}

/** Does `text` name the server at `baseUrl`, which is in one form? */
export const isSameServer = (text: string, baseUrl: string): boolean => {
  const url = text.trim();
  return URL.canParse(url) && plain(new URL(url)) === baseUrl;
};

const plain = ({ origin, pathname }: URL): string => origin + pathname.replace(/\/+$/, '');

/** Where the web pages of a W&B server are, for links: protocol section 1.1. */
export function appUrlOf(baseUrl: string): string {
  if (baseUrl.includes('://api.wandb.')) return baseUrl.replace('://api.wandb.', '://wandb.');
  return baseUrl.replace('://api.', '://app.');
}

/** Is that this machine? @param hostname as a URL has it */
export const isLoopback = (hostname: string): boolean =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

/** Can others on the way read what is sent there? */
export function isClear(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === 'http:' && !isLoopback(hostname);
}
