/**
 * What each process of the table of ends writes, by which means, and when: told by the environment, so that the test that
 * looks at the server afterwards and the process speak of the same bytes. CommonJS, for all runners can load it.
 */
const { once } = require('node:events');
const { get } = require('node:http');

const { run, options, parts, control } = JSON.parse(process.env.ENDS);

/** A FileHandle that nobody holds is closed when it is collected. */
const neverClosed = [];

const contentOf = ({ name, size }) => Buffer.alloc(size, `new ${name}\n`);

const means = {
  whole: (fs, path, content) => fs.writeFileSync(path, content),
  fd: (fs, path, content) => {
    const fd = fs.openSync(path, 'w');
    fs.writeSync(fd, content);
  },
  handle: async (fs, path, content) => {
    const handle = await fs.promises.open(path, 'w');
    neverClosed.push(handle);
    await handle.write(content);
  },
  stream: (fs, path, content) =>
    new Promise((resolve, reject) => {
      const stream = fs.createWriteStream(path);
      neverClosed.push(stream);
      stream.on('error', reject);
      stream.write(content, () => resolve());
    }),
};

/** Returns when everything of the part is acknowledged, and whoever looks at this process knows. */
exports.writePart = async (createWandbFs, part) => {
  const pieces = parts[part];
  let fs = createWandbFs(options);
  for (const piece of pieces) {
    await means[piece.by](fs, `/${run}/${piece.name}`, contentOf(piece));
    if (!piece.closes) continue;
    await fs.wandb.close();
    // Another one comes when nothing is left of the first, its thread included.
    await new Promise((resolve) => setTimeout(resolve, 50));
    fs = createWandbFs(options);
  }
  // To load `fetch` costs a process twice what its start does.
  const [response] = await once(get(control), 'response');
  await once(response.resume(), 'end');
};
