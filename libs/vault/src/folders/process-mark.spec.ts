import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { livenessOf, markOf, markedName, processMark } from './process-mark.js';

it('knows its own process as alive, and the mark within a name', () => {
  expect(livenessOf(processMark())).toBe('alive');
  expect(markOf(markedName('tmp'))).toBe(processMark());
  expect(markOf('.tmp')).toBeNull();
  expect(markedName('old')).not.toBe(markedName('old'));
});

it('knows a process that ended as dead, also when its id lives again', async () => {
  const child = spawn('sleep', ['60']);
  const childMark = processMark().replace(/\.\d+\.\d+$/, `.${child.pid}.1`);
  expect(livenessOf(childMark)).toBe('dead');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(livenessOf(childMark)).toBe('dead');
});

it('claims nothing of processes of another machine', () => {
  expect(livenessOf(processMark().replace(/^[0-9a-f]{8}/, '00000000'))).toBe('unknown');
  expect(livenessOf('')).toBe('unknown');
});
