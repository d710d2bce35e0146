import type { ProxyFault, ProxyRule } from 'wandb-fs/testing';

const EVERYWHERE: readonly ProxyFault[] = [
  { kind: 'reset', at: 'request' },
  { kind: 'reset', at: 'answer' },
  { kind: 'stall', at: 'request', ms: 80 },
  { kind: 'stall', at: 'answer', ms: 80 },
  { kind: 'stall', at: 'body', ms: 80 },
  { kind: 'truncate', by: 'end' },
  { kind: 'truncate', by: 'reset' },
  { kind: 'page', status: 502 },
  { kind: 'page', status: 200 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 429, retryAfter: 0.05 },
  { kind: 'duplicate' },
  { kind: 'slow', what: 'answer', bytesPerSecond: 100_000 },
];

const OF_BODIES: readonly ProxyFault[] = [
  { kind: 'reset', at: 'body' },
  { kind: 'reset', at: 'sent' },
  { kind: 'slow', what: 'request', bytesPerSecond: 100_000 },
];

/** The storage's content carries checks; what the API says carries none, and nobody could tell one changed name. */
const OF_CONTENT: readonly ProxyFault[] = [
  { kind: 'corrupt', what: 'request' },
  { kind: 'corrupt', what: 'answer' },
  { kind: 'half' },
  // Final: the upload has failed for good.
  { kind: 'status', status: 501 },
];

/**
 * @param share of the requests that are hit, from 0 to 1
 * @param without faults that are left out, as `kind` or `kind:at`, such as 'corrupt:request'
 */
export function faultsOf(share: number, without: readonly string[]): readonly ProxyRule[] {
  const isWanted = (fault: ProxyFault): boolean =>
    !without.some((name) => {
      const [kind, detail] = name.split(':');
      return (
        kind === fault.kind && (detail === undefined || Object.values(fault).map(String).includes(detail))
      );
    });
  const ofStorage = [...EVERYWHERE, ...OF_BODIES, ...OF_CONTENT].filter(isWanted);
  const ofApi = [...EVERYWHERE, { kind: 'half' } as const].filter(isWanted);
  return [
    { match: { side: 'storage' }, probability: share, fault: ofStorage },
    { match: { side: 'api' }, probability: share, fault: ofApi },
  ];
}
