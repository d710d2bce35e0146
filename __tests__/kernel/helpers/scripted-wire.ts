/** One thing that can happen next, elsewhere: on the wire, at the server, or on the way back. */
export interface Step {
  readonly name: string;
  readonly run: () => void;
}

/** What was sent and hasn't come about yet. Of requests and their answers each can be the next. */
export class ScriptedWire {
  private readonly work: Step[] = [];
  private readonly outbox: Step[] = [];

  /** Lets something happen elsewhere, some time. */
  later(name: string, run: () => void): void {
    this.work.push({ name, run });
  }

  /** Sends something back to the kernel. */
  sendBack(name: string, run: () => void): void {
    this.outbox.push({ name, run });
  }

  /** All that could happen next. Replies and events arrive in the order in which they were sent. */
  steps(): Step[] {
    const steps = this.work.map((step) => consuming(this.work, step));
    const [first] = this.outbox;
    if (first) steps.push(consuming(this.outbox, first));
    return steps;
  }
}

const consuming = (list: Step[], step: Step): Step => ({
  name: step.name,
  run: () => {
    list.splice(list.indexOf(step), 1);
    step.run();
  },
});
