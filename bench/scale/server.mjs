/**
 * One server, as far as its limits go: so many requests in each window of time, counted for all who have the same key, told by the
 * headers that W&B sends, and 429 with Retry-After beyond them. While it is down it refuses connections.
 */
export class Server {
  /** Requests that came in each second: answered, turned down, and those that found nobody. */
  answered = [];
  limited = [];
  refused = [];
  #window = 0;
  #used = 0;

  /**
   * @param options.quota requests in a window. @default any number
   * @param options.windowMs milliseconds
   * @param options.latencyMs between a request and its answer
   * @param options.isDown is it, at a time in milliseconds? @default never
   */
  constructor(time, { quota = Infinity, windowMs = 1000, latencyMs = 30, isDown = () => false }) {
    this.time = time;
    Object.assign(this, { quota, windowMs, latencyMs, isDown });
  }

  /** In place of `fetch`. */
  fetch = async () => {
    const { time, quota, windowMs, latencyMs } = this;
    const second = Math.floor(time.at / 1000);
    if (this.isDown(time.at)) {
      count(this.refused, second);
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      });
    }
    const window = Math.floor(time.at / windowMs);
    if (window !== this.#window) this.#used = 0;
    this.#window = window;
    const reset = ((window + 1) * windowMs - time.at) / 1000;
    const isTaken = this.#used < quota;
    if (isTaken) this.#used += 1;
    count(isTaken ? this.answered : this.limited, second);
    await time.sleep(latencyMs);
    if (!isTaken)
      return answer(429, { 'retry-after': String(reset) }, { errors: [{ message: 'rate limit exceeded' }] });
    // W&B tells what remains on a scale of 0 to 1000.
    const remaining = quota === Infinity ? 1000 : Math.floor((1000 * (quota - this.#used)) / quota);
    const headers = { 'ratelimit-remaining': String(remaining), 'ratelimit-reset': String(reset) };
    return answer(200, headers, { data: { viewer: null } });
  };
}

const count = (counts, second) => {
  counts[second] = (counts[second] ?? 0) + 1;
};

const answer = (status, headers, body) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  text: async () => JSON.stringify(body),
});
