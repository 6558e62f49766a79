import { runCommand } from './run-command.js';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    stopping.abort();
    // A second one ends it whatever it does.
    process.once(name, () => process.exit(130));
  });
// Whoever read our lines may have had enough, like `pbk runs | head`.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const exitCode = await runCommand(
  process.argv.slice(2),
  { in: process.stdin, out: process.stdout, err: process.stderr },
  stopping.signal,
);
// What was written to a pipe may still be on its way.
await new Promise((written) => process.stdout.write('', written));
process.exit(exitCode);
