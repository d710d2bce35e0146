import labels from '/wandb/classifier/best/labels.json';

console.log(labels[77]);
