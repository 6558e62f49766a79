import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DamageRegister } from './damage-register.js';
import { VaultLayout } from './vault-layout.js';

const MEMORY = '/dev/shm';
const place = { agentFolder: 'laptop', planFolder: 'documents' };
const [first, second] = ['2026-11-22T110500Z', '2026-11-22T110501Z'] as const;

let target: string;
let register: DamageRegister;
beforeEach(() => {
  target = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'pbk-damages-'));
  register = new DamageRegister(new VaultLayout(target));
});
afterEach(() => rmSync(target, { recursive: true }));

it('is known to everybody as soon as it is noted, whatever bytes the path has', () => {
  const path = Buffer.from('d/\xff:\n', 'latin1');
  register.ofPlan(place).note(first, path, 'has other content');
  const known = register.ofPlan(place);
  expect(known.whatOf(first, path)).toBe('has other content');
  expect(known.whatOf(second, path)).toBeNull();
  expect(known.snapshotsAt(path)).toEqual([first]);
  known.clear(first, path);
  expect(known.whatOf(first, path)).toBeNull();
  expect(register.ofPlan(place).whatOf(first, path)).toBeNull();
});

it('notes of parts of a verification, made at once, do not lose each other', () => {
  const parts = [register.ofPlan(place), register.ofPlan(place)];
  for (let i = 0; i < 20; i++)
    parts[i % 2]?.note(i < 10 ? first : second, Buffer.from(`f${i}`), 'is missing');
  const known = register.ofPlan(place);
  for (let i = 0; i < 20; i++)
    expect(known.whatOf(i < 10 ? first : second, Buffer.from(`f${i}`))).toBe('is missing');
});

it('doubts a snapshot as a whole instead of noting without end, until it is removed', () => {
  const noted = register.ofPlan(place);
  for (let i = 0; i < 10_050; i++) noted.note(first, Buffer.from(`f${i}`), 'is missing');
  noted.note(second, Buffer.from('f'), 'is missing');
  expect(readdirSync(join(target, '.vault/damages/laptop/documents'))).toHaveLength(10_002);
  const known = register.ofPlan(place);
  expect(known.whatOf(first, Buffer.from('anything'))).not.toBeNull();
  expect(known.whatOf(second, Buffer.from('anything'))).toBeNull();
  expect(known.snapshotsAt(Buffer.from('anything'))).toEqual([first]);
  register.forget(place, first);
  expect(register.ofPlan(place).whatOf(first, Buffer.from('f1'))).toBeNull();
  expect(register.ofPlan(place).whatOf(second, Buffer.from('f'))).toBe('is missing');
});
