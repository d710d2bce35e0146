import type { Surroundings } from './surroundings.js';

/** A proxy as somebody named it. */
export interface ProxyServer {
  /** Its scheme, host and port: what of it may be shown. */
  readonly origin: string;
  /** For `Proxy-Authorization`; null: its address has no user. Never shown. */
  readonly authorization: string | null;
  /** The variable or setting that names it, for messages. */
  readonly source: string;
  /** W&B's own settings are for every host; the customary variables leave out loopback and what NO_PROXY names. */
  readonly isForAll: boolean;
  /** Why it can't be used, for the first request that needs it; null: it can. */
  readonly problem: string | null;
}

/** Proxies by the scheme of what is asked for, and the hosts that are asked without. */
export interface Proxies {
  readonly http: ProxyServer | null;
  readonly https: ProxyServer | null;
  /** NO_PROXY as it is written. */
  readonly no: string;
}

/**
 * Finds proxies as W&B's SDK does: `WANDB__PROXIES`, `WANDB_HTTP_PROXY` and `WANDB_HTTPS_PROXY`, `http_proxy` and
 * `https_proxy` of the settings files; then the customary variables, in lower case before upper case. Null: none.
 */
export function findProxies(around: Surroundings): Proxies | null {
  const http = proxyFor('http', around);
  const https = proxyFor('https', around);
  return http === null && https === null
    ? null
    : { http, https, no: customary('no_proxy', around)?.value ?? '' };
}

function proxyFor(scheme: 'http' | 'https', around: Surroundings): ProxyServer | null {
  const name = `${scheme}_proxy`;
  const own = Object.entries(around.object('WANDB__PROXIES') ?? {}).find(([key]) => key === scheme)?.[1];
  if (own) return proxyServer(String(own), 'WANDB__PROXIES', true);
  const variable = `WANDB_${name.toUpperCase()}`;
  const set = around.variable(variable);
  if (set !== null) return proxyServer(set, variable, true);
  const setting = around.setting(name);
  if (setting !== null) return proxyServer(setting, `${name} in a wandb settings file`, true);
  const common = customary(name, around) ?? customary('all_proxy', around);
  return common && proxyServer(common.value, common.source, false);
}

function customary(name: string, around: Surroundings): { value: string; source: string } | null {
  for (const source of [name, name.toUpperCase()]) {
    // A CGI script gets the header `Proxy` of whoever asks it as HTTP_PROXY.
    if (source === 'HTTP_PROXY' && around.variable('REQUEST_METHOD') !== null) continue;
    const value = around.variable(source)?.trim();
    if (value) return { value, source };
  }
  return null;
}

function proxyServer(text: string, source: string, isForAll: boolean): ProxyServer {
  // 'proxy:3128' is how many write it; to a URL parser 'proxy' would be the scheme.
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text.replace(/^\/\//, '')}`;
  const named = { source, isForAll };
  const unusable = (problem: string): ProxyServer => ({ ...named, origin: '', authorization: null, problem });
  if (!URL.canParse(address)) {
    return unusable(
      `${source} isn't the address of a proxy, such as http://proxy.example:3128; signs like '#', '/' or '?' in a user's name or password are written as %23, %2F, %3F.`,
    );
  }
  const { protocol, host, username, password } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') {
    return unusable(
      `${source} names a proxy that speaks ${protocol.slice(0, -1)}, which wandb-fs doesn't: set it to an HTTP proxy (http://…), or name the host in NO_PROXY.`,
    );
  }
  const isOpen = username === '' && password === '';
  const user = `${decoded(username)}:${decoded(password)}`;
  const authorization = isOpen ? null : `Basic ${Buffer.from(user).toString('base64')}`;
  return { ...named, origin: `${protocol}//${host}`, authorization, problem: null };
}

/** A '%' that encodes nothing is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
