import { codeOf, isFaulty, Violation, type ViolationKind, within } from './violations.js';

/** What a call came to. */
type Outcome = { readonly value: unknown; readonly code: null } | { readonly code: string };

/** The calls of one client: each ends in time, is logged, and fails only as faults explain. */
export class JudgedCalls {
  readonly log: string[] = [];
  /** Faults explain failures until they are over. */
  isCalm = false;

  /** @param afterFaults what a failure is that comes when the faults are over */
  constructor(
    readonly actor: string,
    private readonly deadline: number,
    private readonly afterFaults: ViolationKind,
  ) {}

  async make(what: string, work: () => Promise<unknown> | unknown): Promise<Outcome> {
    this.log.push(what);
    const index = this.log.length - 1;
    try {
      const value = await within(this.deadline, `${this.actor}: ${what}`, Promise.resolve().then(work));
      return { value, code: null };
    } catch (error) {
      if (error instanceof Violation) throw error;
      const code = codeOf(error);
      this.log[index] =
        `${what}  [${code}${error instanceof Error ? `: ${error.message.slice(0, 200)}` : ''}]`;
      return { code };
    }
  }

  /** @param also codes that need no fault */
  explain(code: string, what: string, also: readonly string[] = []): void {
    if (also.includes(code)) return;
    if (!isFaulty(code) || this.isCalm)
      throw new Violation(
        this.isCalm ? this.afterFaults : 'errno',
        `${this.actor}: ${what} failed with ${code}${this.isCalm ? ' after the faults' : ''}`,
      );
  }
}
