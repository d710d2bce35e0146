import { escaped } from './html.js';

/** Lines that something has printed. */
export interface Printed {
  readonly lines: readonly string[];
  /** Where the next ones begin, for who asks for them; null: at the first one. */
  readonly end: string | null;
  /** There are more already. */
  readonly hasMore: boolean;
  /** What prints them. @example 'running' */
  readonly state: string;
  /** It prints no more. */
  readonly isOver: boolean;
}

/** The parameter by which a page asks for the lines behind those that it has. */
export const CONSOLE = 'console';

/** How long a page waits before it asks again, and how many characters it keeps. */
const EVERY_MS = 2000;
const MOST_MS = 60_000;
const MOST_KEPT = 1_000_000;

/**
 * Follows a log: asks for what comes behind the lines that are shown until it is over, while the page is to be seen. It makes
 * text of what it is told, and no markup.
 */
export const FOLLOW = `(async () => {
  const [log, note, state] = ['log', 'note', 'state'].map((id) => document.getElementById(id));
  const seen = () => new Promise((resolve) => {
    if (document.hidden) document.addEventListener('visibilitychange', () => resolve(seen()), { once: true });
    else resolve();
  });
  let end = log.dataset.end;
  let pause = ${EVERY_MS};
  log.scrollTop = log.scrollHeight;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    await seen();
    try {
      const answer = await fetch('?${CONSOLE}=' + encodeURIComponent(end));
      if (!answer.ok) throw new Error(await answer.text());
      const printed = await answer.json();
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
      if (printed.lines.length > 0) log.append(printed.lines.join('\\n') + '\\n');
      if (log.textContent.length > ${MOST_KEPT}) log.textContent = log.textContent.slice(-${MOST_KEPT / 2});
      if (isAtEnd) log.scrollTop = log.scrollHeight;
      end = printed.end ?? end;
      state.textContent = printed.state;
      note.textContent = '';
      if (printed.isOver && !printed.hasMore) return;
      pause = printed.hasMore ? 0 : ${EVERY_MS};
    } catch (error) {
      note.textContent = error.message.trim() + ' It is tried again.';
      pause = Math.min(Math.max(pause, ${EVERY_MS}) * 2, ${MOST_MS});
    }
  }
})();`;

export function printedLog({ lines, end, isOver }: Printed): string {
  const text = lines.map((line) => `${escaped(line)}\n`).join('');
  // Markup takes away a newline that a text begins with.
  const log = `<pre id="log" role="log" tabindex="0" data-end="${escaped(end ?? '')}">\n${text}</pre>`;
  const script = isOver ? '' : `<script>${FOLLOW}</script>`;
  return `<h2>Log<small id="note" role="status"></small></h2>${log}${script}\n`;
}
