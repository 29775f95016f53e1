/** Runs commands of the built package one after the other, each from a fresh main module, and sends what they wrote. */
const MAIN = new URL('../../dist/esm/cli/main.js', import.meta.url);
let runs = 0;

async function run(args) {
  const written = { stdout: '', stderr: '' };
  const writes = ['stdout', 'stderr'].map((name) => {
    const stream = process[name];
    const { write } = stream;
    stream.write = (text) => {
      written[name] += text;
      return true;
    };
    return () => {
      stream.write = write;
      stream.removeAllListeners('error');
    };
  });
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args);
  process.exitCode = undefined;
  await import(`${MAIN.href}?${runs++}`);
  process.removeAllListeners('uncaughtException');
  for (const restore of writes) restore();
  return { code: process.exitCode ?? 0, ...written };
}

process.on('message', async (args) => process.send(await run(args)));
process.on('disconnect', () => process.exit(0));
