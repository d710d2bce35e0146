import { escaped, textOf } from './html.js';
import { type Printed, printedLog } from './log.js';

/** What the page of a directory tells above its files. */
export interface Description {
  readonly title: string;
  /** A word beside the title. */
  readonly state: string | null;
  /** Plain data below headings; those without any are left out. */
  readonly facts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The last lines of what it has printed; null: it prints nothing. */
  readonly log: Printed | null;
}

export function described({ title, state, facts, log }: Description): string {
  const badge = state === null ? '' : ` <small id="state">${escaped(state)}</small>`;
  const parts = Object.entries(facts)
    .filter(([, values]) => Object.keys(values).length > 0)
    .map(
      ([heading, values]) => `<details open><summary>${escaped(heading)}</summary>${list(values)}</details>`,
    );
  const section = parts.length > 0 ? `<section class="facts">${parts.join('\n')}</section>\n` : '';
  return `<h1>${escaped(title)}${badge}</h1>\n${section}${log ? printedLog(log) : ''}`;
}

const list = (values: Readonly<Record<string, unknown>>): string =>
  `<dl>${Object.entries(values)
    .map(([key, value]) => `<dt>${escaped(key)}</dt><dd>${escaped(textOf(value))}</dd>`)
    .join('\n')}</dl>`;
