import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** A server process that never outlives the test process, however that one dies. */
export interface GuardedProcess {
  readonly pid: number;
  /** Asks it to end with `signal` and resolves when it is gone. Safe to repeat. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * The guard: starts the program, tells its pid, and ends it when standard input closes, which the kernel does for a
 * test process that was killed. `$1` names the signal, `$2` a folder
 * to remove afterwards.
 */
const GUARD = `
signal=$1; removed=$2; shift 2
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
echo "$child"
( read -r _ <&3; kill -s "$signal" "$child" ) >/dev/null 2>&1 &
wait "$child"
[ -z "$removed" ] || rm -rf "$removed"
`;

export interface GuardOptions {
  /** Printed by the program, on either stream, once it serves. */
  readonly readyText: string;
  readonly orphanSignal: 'INT' | 'TERM';
  readonly deadlineMs?: number;
  /** The test process may end before it: the guard then ends it, and `removed` is removed. */
  readonly endsWithProcess?: { readonly removed: string } | undefined;
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts a program and resolves once it printed `readyText`. @throws Error with its output if it ends before */
export async function startGuarded(
  program: string,
  args: readonly string[],
  {
    readyText,
    orphanSignal,
    deadlineMs = 60_000,
    endsWithProcess,
    uid,
    gid,
    env = process.env,
  }: GuardOptions,
): Promise<GuardedProcess> {
  const guard = spawn(
    '/bin/sh',
    ['-c', GUARD, 'sh', orphanSignal, endsWithProcess?.removed ?? '', program, ...args],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env,
      cwd: '/',
      ...(uid !== undefined && gid !== undefined ? { uid, gid } : {}),
    },
  );
  guard.stdin.on('error', () => undefined);
  const gone = new Promise<void>((resolve) =>
    guard.once('exit', () => {
      guard.stdin.end();
      resolve();
    }),
  );

  let output = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => fail('was not ready in time'), deadlineMs);
    const fail = (what: string): void => {
      clearTimeout(timer);
      guard.stdin.end();
      reject(new Error(`${program} ${what}:\n${output}`));
    };
    const read = (chunk: Buffer): void => {
      if (output.length > 1_000_000) return;
      output += chunk.toString();
      if (!output.includes(readyText)) return;
      clearTimeout(timer);
      resolve();
    };
    guard.stdout.on('data', read);
    guard.stderr.on('data', read);
    guard.once('error', (error) => fail(error.message));
    void gone.then(() => fail('ended before it was ready'));
  });

  if (endsWithProcess) {
    // Its output is still read; only nobody waits for it.
    guard.unref();
    for (const stream of [guard.stdin, guard.stdout, guard.stderr]) (stream as Socket).unref();
  }
  const pid = Number(/^\d+$/m.exec(output)?.[0]);
  return {
    pid,
    async end(signal) {
      if (guard.exitCode === null && guard.signalCode === null) {
        try {
          process.kill(pid, signal);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
        }
      }
      await gone;
    },
  };
}
