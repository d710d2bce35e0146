import type { Run } from '../world/records.js';
import type { Artifact } from './records.js';

/** Which runs made and used which versions. */
export class Lineage {
  private readonly made = new Map<Run, Set<Artifact>>();
  private readonly used = new Map<Run, Map<Artifact, Set<string>>>();

  addOutput(run: Run, artifact: Artifact): void {
    const outputs = this.made.get(run) ?? new Set();
    this.made.set(run, outputs.add(artifact));
  }

  addInput(run: Run, artifact: Artifact, usedAs: string | null): void {
    const inputs = this.used.get(run) ?? new Map<Artifact, Set<string>>();
    this.used.set(run, inputs);
    const names = inputs.get(artifact) ?? new Set();
    inputs.set(artifact, usedAs === null ? names : names.add(usedAs));
  }

  outputs(run: Run): Artifact[] {
    return [...(this.made.get(run) ?? [])].filter(isCommitted);
  }

  inputs(run: Run): { readonly artifact: Artifact; readonly usedAs: readonly string[] }[] {
    return [...(this.used.get(run) ?? [])]
      .filter(([artifact]) => isCommitted(artifact))
      .map(([artifact, usedAs]) => ({ artifact, usedAs: [...usedAs] }));
  }

  usersOf(artifact: Artifact): Run[] {
    return [...this.used].filter(([, inputs]) => inputs.has(artifact)).map(([run]) => run);
  }

  forget(run: Run): void {
    this.made.delete(run);
    this.used.delete(run);
  }
}

const isCommitted = ({ state }: Artifact): boolean => state === 'COMMITTED';
