import { spawn } from 'node:child_process';
import { clearTimeout } from 'node:timers';

/**
 * Runs a program to its end. `quiet` keeps its output and hands it back; otherwise it goes to the terminal
 * (`dropOutput`: only what it says on standard error).
 * Past `timeoutMs` its whole process group is killed, which counts as a failure.
 * Resolves with `{ code, output }`; a program that cannot be started has code 127.
 */
export function runProgram(program, args, { cwd, env, quiet = false, dropOutput = false, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', quiet ? 'pipe' : dropOutput ? 'ignore' : 'inherit', quiet ? 'pipe' : 'inherit'],
      detached: timeoutMs !== undefined,
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const killGroup = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has ended by itself.
      }
    };
    const timer =
      timeoutMs &&
      setTimeout(() => {
        output += `\nStopped after ${Math.round(timeoutMs / 1000)} s.\n`;
        killGroup('SIGKILL');
      }, timeoutMs);
    const onSignal = (signal) => {
      killGroup(signal);
      process.exit(130);
    };
    if (timeoutMs) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, onSignal);
    const end = (code) => {
      clearTimeout(timer);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, onSignal);
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += `${program}: ${error.message}\n`;
      end(127);
    });
    child.on('close', (code, signal) => end(code ?? (signal ? 128 : 1)));
  });
}
