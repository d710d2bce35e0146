const two = (number: number): string => String(number).padStart(2, '0');

/** '2026-11-23 13:42', in this machine's time zone. */
export function shownTime(iso: string): string {
  const time = new Date(iso);
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
