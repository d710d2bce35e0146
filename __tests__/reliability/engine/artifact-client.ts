import type { WandbFs } from 'wandb-fs';
import type { ArtifactStep } from './artifact-steps.js';
import { type Collection, sameFiles } from './collection.js';
import { JudgedCalls } from './judged-calls.js';
import { OwnAlias } from './own-alias.js';
import { contentOf } from './random.js';
import { shown, Violation, within } from './violations.js';
import type { World } from './world.js';

/** One client of a collection: one draft, and one alias that nobody else sets. */
export class ArtifactClient {
  readonly calls: JudgedCalls;
  /** null: there is no draft. */
  private draft: Map<string, string> | null = null;
  private serial = 0;
  private readonly alias: OwnAlias;

  constructor(
    readonly actor: string,
    readonly fs: WandbFs,
    private readonly collection: Collection,
    private readonly world: World,
  ) {
    this.calls = new JudgedCalls(actor, world.deadline, 'flush');
    this.alias = new OwnAlias(fs, collection, this.calls);
  }

  private get draftPath(): string {
    return `${this.collection.path}/draft-${this.actor}`;
  }

  async perform(step: ArtifactStep): Promise<void> {
    const chosen =
      'version' in step
        ? this.collection.versions[step.version % (this.collection.versions.length || 1)]
        : undefined;
    switch (step.type) {
      case 'write':
        return this.write(step.name, step.size);
      case 'remove':
        return this.remove(step.name);
      case 'commit':
        return this.commit(step.alias, step.byRename);
      case 'copyVersion':
        return chosen && this.copyVersion(chosen);
      case 'copyFile':
        return chosen && this.copyFile(chosen);
      case 'read':
        return chosen && this.read(chosen);
      case 'list':
        return chosen && this.list(chosen);
      case 'setAlias':
        return chosen && this.alias.set(chosen.version);
      case 'readAlias':
        return this.alias.read();
      case 'refresh':
        this.fs.wandb.refresh();
    }
  }

  /** The faults are over: what is in the draft can be committed, and what was committed can be read. */
  async finish(): Promise<void> {
    this.calls.isCalm = true;
    await this.commit(null, false);
    this.fs.wandb.refresh();
    for (const version of this.collection.versions) await this.read(version);
    await this.alias.read();
    await within(this.world.deadline, `close() by ${this.actor}`, this.fs.wandb.close());
  }

  /** The draft's files; null when it can't be made at the moment. */
  private async begin(): Promise<Map<string, string> | null> {
    if (this.draft) return this.draft;
    const { code } = await this.calls.make('mkdir draft', () =>
      this.fs.promises.mkdir(this.draftPath, { recursive: true }),
    );
    if (code !== null) {
      this.calls.explain(code, 'mkdir draft');
      return null;
    }
    this.draft = new Map();
    return this.draft;
  }

  private async write(name: string, size: number): Promise<void> {
    const draft = await this.begin();
    if (!draft) return;
    const text = contentOf(`${this.actor}${++this.serial}`, size);
    const path = `${this.draftPath}/${name}`;
    const { code } = await this.calls.make(`write ${name} ${size}`, async () => {
      await this.fs.promises.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      await this.fs.promises.writeFile(path, text);
    });
    // Nothing in a draft needs the server.
    if (code !== null) throw new Violation('errno', `${this.actor}: writing ${name} in a draft: ${code}`);
    draft.set(name, text);
  }

  private async remove(name: string): Promise<void> {
    const draft = this.draft;
    if (!draft?.has(name)) return;
    const { code } = await this.calls.make(`unlink ${name}`, () =>
      this.fs.promises.unlink(`${this.draftPath}/${name}`),
    );
    if (code !== null) throw new Violation('errno', `${this.actor}: removing ${name} in a draft: ${code}`);
    draft.delete(name);
  }

  private async copyVersion({ version, files }: Collection['versions'][number]): Promise<void> {
    const draft = await this.begin();
    if (!draft) return;
    const source = `${this.collection.path}/${version}`;
    const { code } = await this.calls.make(`cp ${version}`, () =>
      this.fs.promises.cp(source, this.draftPath, { recursive: true, force: true }),
    );
    if (code !== null) {
      this.missingOrExplained(code, `cp ${version}`);
      return this.startOver();
    }
    for (const [name, content] of files) draft.set(name, content);
  }

  private async copyFile({ version, files }: Collection['versions'][number]): Promise<void> {
    const [found] = files;
    const draft = await this.begin();
    if (!found || !draft) return;
    const [name, content] = found;
    const target = `${this.draftPath}/${name}`;
    const { code } = await this.calls.make(`copyFile ${version}/${name}`, async () => {
      await this.fs.promises.mkdir(target.slice(0, target.lastIndexOf('/')), { recursive: true });
      await this.fs.promises.copyFile(`${this.collection.path}/${version}/${name}`, target);
    });
    if (code !== null) {
      this.missingOrExplained(code, `copyFile ${version}/${name}`);
      return this.startOver();
    }
    draft.set(name, content);
  }

  /** What a copy that failed has left isn't told by anybody. */
  private async startOver(): Promise<void> {
    const { code } = await this.calls.make('rm draft', () =>
      this.fs.promises.rm(this.draftPath, { recursive: true, force: true }),
    );
    if (code !== null) throw new Violation('errno', `${this.actor}: removing a draft: ${code}`);
    this.draft = null;
  }

  private async commit(alias: string | null, byRename: boolean): Promise<void> {
    const draft = this.draft;
    if (!draft || draft.size === 0) return;
    const files = new Map(draft);
    this.collection.attempts.push(files);
    let version: string | null = null;
    const { code } = await this.calls.make(
      `commit ${alias ?? ''}${byRename ? ' by rename' : ''}`,
      async () => {
        if (byRename)
          return this.fs.promises.rename(
            this.draftPath,
            `${this.collection.path}/@commit${alias === null ? '' : `+${alias}`}`,
          );
        const committed = await this.fs.wandb.commit(
          this.draftPath,
          alias === null ? {} : { aliases: [alias] },
        );
        version = committed.version;
      },
    );
    if (code !== null) {
      this.calls.explain(code, 'commit');
      if (alias !== null) this.alias.doubt();
      return;
    }
    this.draft = null;
    if (version === null) {
      if (alias !== null) this.alias.doubt();
      return;
    }
    if (alias !== null) this.alias.leadsTo(version);
    const stored = await this.world.wandb.artifactFiles(`lab/project/${this.collection.name}:${version}`);
    const names = new Map(
      Object.entries(stored).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
    );
    if (!sameFiles(files, names))
      throw new Violation('wrong', `${this.actor}: ${version} on the server isn't what was committed`);
    if (!this.collection.versions.some((other) => other.version === version))
      this.collection.versions.push({ version, files, by: this.actor });
  }

  private async read({ version, files, by }: Collection['versions'][number]): Promise<void> {
    if (by !== this.actor) this.fs.wandb.refresh(this.collection.path);
    for (const [name, content] of files) {
      let seen = '';
      const { code } = await this.calls.make(`read ${version}/${name}`, async () => {
        seen = await this.fs.promises.readFile(`${this.collection.path}/${version}/${name}`, 'utf8');
      });
      if (code !== null) this.calls.explain(code, `read ${version}/${name}`);
      else if (seen !== content)
        throw new Violation(
          'wrong',
          `${this.actor} reads ${shown(seen)} at ${version}/${name}, not ${shown(content)}`,
        );
    }
  }

  private async list({ version, files, by }: Collection['versions'][number]): Promise<void> {
    if (by !== this.actor) this.fs.wandb.refresh(this.collection.path);
    let seen: string[] = [];
    const { code } = await this.calls.make(`list ${version}`, async () => {
      seen = await this.fs.promises.readdir(`${this.collection.path}/${version}`);
    });
    if (code !== null) return this.calls.explain(code, `list ${version}`);
    const wanted = new Set([...files.keys()].map((name) => name.split('/')[0]));
    if (seen.length !== wanted.size || !seen.every((name) => wanted.has(name)))
      throw new Violation('wrong', `${this.actor} lists ${seen.join()} in ${version}`);
  }

  /** A version of another client's need not be listed here yet. */
  private missingOrExplained(code: string, what: string): void {
    this.calls.explain(code, what, ['ENOENT']);
  }
}
