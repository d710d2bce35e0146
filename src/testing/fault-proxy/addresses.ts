/** An address of the server, and the one under which the proxy stands for it. */
export interface Twin {
  readonly server: string;
  readonly proxy: string;
}

/**
 * Puts the proxy's addresses in the place of the server's, which hands out absolute ones: whatever a client follows leads
 * through the proxy, in the same lane. The longer addresses come first, for one may begin with another.
 */
export function throughProxy(text: string, twins: readonly Twin[], prefix: string): string {
  let changed = text;
  for (const { server, proxy } of [...twins].sort((a, b) => b.server.length - a.server.length)) {
    const whole = new RegExp(`${server.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\d)`, 'g');
    changed = changed.replace(whole, proxy + prefix);
  }
  return changed;
}

/** The lane that a request's target names, '' for none, and the target without it. */
export function splitTarget(target: string): { readonly lane: string; readonly target: string } {
  const [, lane = '', rest = target] = /^\/~([^/?]+)(.*)$/.exec(target) ?? [];
  if (lane === '') return { lane, target };
  return { lane, target: rest.startsWith('/') ? rest : `/${rest}` };
}
