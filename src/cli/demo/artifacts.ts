import type { WandbFs } from '../../index.js';
import type { Step } from './steps.js';

const COLLECTION = 'demo/flowers/dataset/images';
const DRAFT = `${COLLECTION}/draft`;
const IMAGES = 200;

/** Two versions of a collection: made, read, and told apart by an alias. */
export const artifactTour = (fs: WandbFs): readonly Step[] => [
  {
    what: `prepare a version in a draft: mkdir, ${IMAGES} x writeFile`,
    costs: '1 GraphQL',
    run: async () => {
      await fs.promises.mkdir(DRAFT, { recursive: true });
      for (let index = 0; index < IMAGES; index++) {
        await fs.promises.writeFile(`${DRAFT}/${index}.txt`, `image ${index}`);
      }
      return [(await fs.promises.readdir(DRAFT)).length, IMAGES];
    },
  },
  {
    what: 'make a version of it: fs.wandb.commit(draft, { aliases })',
    costs: `8 GraphQL, ${IMAGES + 1} PUT, 1 other`,
    run: async () => {
      const { version, aliases } = await fs.wandb.commit(DRAFT, { aliases: ['raw'] });
      return [
        [version, [...aliases].sort()],
        ['v0', ['latest', 'raw']],
      ];
    },
  },
  {
    what: 'copy it into the next draft, change one file, commit: cp, writeFile, rename',
    costs: '10 GraphQL, 1 GET, 2 PUT',
    run: async () => {
      await fs.promises.cp(`${COLLECTION}/v0`, DRAFT, { recursive: true });
      await fs.promises.writeFile(`${DRAFT}/7.txt`, 'a better image');
      await fs.promises.rename(DRAFT, `${COLLECTION}/@commit+prod`);
      return [await fs.promises.readdir(COLLECTION), ['latest', 'prod', 'raw', 'v0', 'v1']];
    },
  },
  {
    what: 'read a file through an alias: readFileSync',
    costs: '1 GraphQL, 1 GET',
    run: async () => [fs.readFileSync(`${COLLECTION}/prod/7.txt`, 'utf8'), 'a better image'],
  },
  {
    what: 'move the alias: symlink, readlink',
    costs: '2 GraphQL',
    run: async () => {
      await fs.promises.symlink('v0', `${COLLECTION}/prod`);
      return [await fs.promises.readlink(`${COLLECTION}/prod`), 'v0'];
    },
  },
  {
    what: 'try to change a version: writeFile',
    costs: 'none',
    run: async () => {
      const failure = await fs.promises
        .writeFile(`${COLLECTION}/v0/7.txt`, 'no')
        .catch(({ code }: NodeJS.ErrnoException) => code);
      return [failure, 'EROFS'];
    },
  },
];
