/** Between two reports on one file, in milliseconds. */
const PROGRESS_INTERVAL = 100;

/** Tells of bytes that were sent, now and then; of the last one always. */
export function nowAndThen(size: number, tell: (sent: number) => void): (sent: number) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (sent) => {
    const now = performance.now();
    if (sent < size && now - toldAt < PROGRESS_INTERVAL) return;
    toldAt = now;
    tell(sent);
  };
}
