throw new Error('of its own');
