/** The names of the classes, by their numbers, of the model that has the alias. */
export async function readLabels(fs, alias) {
  const text = await fs.promises.readFile(
    `vision-lab/flower-classifier/model/classifier/${alias}/labels.json`,
    'utf8',
  );
  return JSON.parse(text);
}
