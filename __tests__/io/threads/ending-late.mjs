import '../../../dist/esm/io/owner/thread.js';

// Ends as it is told, and tells when it has.
const told = new BroadcastChannel('ending-late');
told.unref();
told.onmessage = ({ data }) => {
  if (data === 'exit') process.exit(1);
  if (data === 'throw') throw new Error('late');
};
process.on('exit', () => told.postMessage('ended'));
