import { mount, newCollection, startLab, textsOf } from './helpers/mounts.js';

test('addresses that a page has no room for are asked for again, with the features and without', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `file ${index}`]),
  );
  for (const features of [undefined, []]) {
    const server = await startLab({ limits: { page: 7 }, ...(features && { features }) });
    const collection = newCollection();
    await server.seedArtifacts({ [collection]: { versions: [{ files }] } });
    const fs = mount(server);
    const names = await fs.promises.readdir(`/${collection}/v0`);
    const read = async (name: string) =>
      [name, await fs.promises.readFile(`/${collection}/v0/${name}`, 'utf8')] as const;
    expect(Object.fromEntries(await Promise.all(names.map(read)))).toEqual(files);
    expect(await textsOf(mount(server), `/${collection}/latest`)).toEqual(files);
  }
});
